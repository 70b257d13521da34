import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { type AddonName } from "../toolchain/addons";

/** What the supervisor knows of one process. */
export interface ProcessStatus {
  readonly name: string;
  readonly state: "starting" | "ready" | "restarting";
  /** Its id inside the cluster's process namespace. */
  readonly pid: number;
  readonly restarts: number;
}

/** What the supervisor says of the cluster, in a file that it replaces at each change. */
export interface ClusterStatus {
  /** The run that wrote this, so that the file of an earlier run is not taken for news. */
  readonly run: string;
  /** The supervisor's id inside the cluster's process namespace. */
  readonly supervisor: number;
  readonly phase: "starting" | "ready" | "failed";
  /** What is being waited for, or why it failed. */
  readonly message: string;
  /** Those that do their work. */
  readonly addons: readonly AddonName[];
  readonly processes: readonly ProcessStatus[];
}

/** A JSON file that its readers see whole, before or after. */
export function writeJson(path: string, value: unknown): void {
  const next = `${path}.next`;
  writeFileSync(next, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(next, path);
}

/** The value of a JSON file that this program wrote, or undefined when there is none. */
export function readJson<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  return JSON.parse(text) as T;
}
