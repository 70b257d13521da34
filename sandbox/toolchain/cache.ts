import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { type Reporter } from "../report";

/** The folder that keeps what the toolchain made, outside every checkout. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "cyan", "toolchain");
}

/** A short digest of a folder's files and of `recipe`, so that a changed source or flag is another entry. */
export function contentKey(folder: string, recipe: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(recipe));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .toSorted()) {
    hash.update(entry.slice(folder.length)).update(readFileSync(entry));
  }
  return hash.digest("hex").slice(0, 12);
}

/**
 * The folder `name` of the cache, made by `fill` when it is not there yet. `fill` writes into a temporary folder that
 * takes the name only when it is whole, so a build that was killed leaves nothing that looks finished; and two runs
 * that want the same entry build it once.
 */
export async function cached(
  root: string,
  name: string,
  report: Reporter,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const entry = join(root, name);
  if (existsSync(entry)) return entry;
  mkdirSync(root, { recursive: true });
  const release = await exclusive(join(root, name), report);
  try {
    if (existsSync(entry)) return entry;
    for (const stale of readdirSync(root).filter((each) => each.startsWith(`.${name}-`))) {
      rmSync(join(root, stale), { recursive: true, force: true });
    }
    const work = mkdtempSync(join(root, `.${name}-`));
    try {
      await fill(work);
      renameSync(work, entry);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    return entry;
  } finally {
    await release();
  }
}

/** Takes the lock of `path`, waiting for another process that holds it; a lock whose holder died is taken over. */
export async function exclusive(path: string, report: Reporter): Promise<() => Promise<void>> {
  const options = { realpath: false, stale: 15_000, update: 2_000 };
  try {
    return await lock(path, options);
  } catch {
    report({ event: "step", text: `waiting for another process that holds ${path}.lock` });
    return lock(path, { ...options, retries: { forever: true, factor: 1, minTimeout: 500, maxTimeout: 500 } });
  }
}
