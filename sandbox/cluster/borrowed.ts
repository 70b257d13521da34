import { rmSync } from "node:fs";
import { type SandboxPaths } from "./paths";
import { readJson } from "./status";

/** A cluster that was there already, used in the place of the embedded one. */
export interface BorrowedCluster {
  readonly context: string;
  /** Where its ingress controller is reached. */
  readonly ingress: string;
}

/** The borrowed cluster of this checkout, if `up --context` chose one. */
export function borrowed(paths: SandboxPaths): BorrowedCluster | undefined {
  return readJson<BorrowedCluster>(paths.borrowed);
}

/** Goes back to the embedded cluster. */
export function giveBack(paths: SandboxPaths): void {
  for (const file of [paths.borrowed, paths.borrowedKubeconfig]) rmSync(file, { force: true });
}
