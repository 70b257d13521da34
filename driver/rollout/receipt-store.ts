import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkout } from "../checkout";
import { type Clock } from "../clock";
import { type Receipt } from "./receipt";
import { type Session } from "./session";
import { type RolloutState } from "./state";

const folderOf = (stack: string): string => join(checkout, ".cyan", "receipts", stack.replaceAll("/", "-"));

/** The receipt of a rollout that begins. */
export async function newReceipt({ id, plan }: RolloutState, session: Session, clock: Clock): Promise<Receipt> {
  const commit = await promisify(execFile)("git", ["rev-parse", "HEAD"], { cwd: checkout }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined, // A checkout need not be a repository.
  );
  return {
    rollout: id,
    stack: session.stack.name,
    from: plan.from,
    to: plan.to,
    images: plan.images,
    by: session.user,
    ...(commit !== undefined && { commit }),
    began: new Date(clock.now()).toISOString(),
    transitions: [],
  };
}

/** The receipt that was kept beside a rollout's state; undefined when it is another's. */
export function parseReceipt(text: string | undefined, rollout: string): Receipt | undefined {
  if (text === undefined) return undefined;
  const receipt = JSON.parse(text) as Receipt;
  return receipt.rollout === rollout ? receipt : undefined;
}

/** Keeps a receipt in the checkout, whole or not at all. */
export function writeReceipt(receipt: Receipt): void {
  const folder = folderOf(receipt.stack);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${receipt.rollout}.json`);
  writeFileSync(`${file}.new`, `${JSON.stringify(receipt, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** The receipts of this checkout, the newest first. */
export function readReceipts(stack: string): Receipt[] {
  const files = listed(folderOf(stack)).filter((name) => name.endsWith(".json"));
  return files
    .toSorted()
    .toReversed()
    .map((name) => JSON.parse(readFileSync(join(folderOf(stack), name), "utf8")) as Receipt);
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Nothing was rolled out from here yet.
  }
}
