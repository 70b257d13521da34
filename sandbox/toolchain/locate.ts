import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type Part } from "./parts";

const run = promisify(execFile);

/** Folders that hold network plug-ins and system binaries, and are on few users' PATH. */
const systemFolders: Readonly<Record<"cni" | "system", readonly string[]>> = {
  cni: ["/usr/lib/cni", "/opt/cni/bin"],
  system: ["/usr/local/sbin", "/usr/sbin", "/sbin"],
};

/** The file named `name` in `folders`, if one can be executed. */
export function findExecutable(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => isAllowed(path, constants.X_OK));
}

/** The file named `name` in `folders`, if one can be read. */
export function findReadable(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => isAllowed(path, constants.R_OK));
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where the machine already has `part` in a version that will do. A binary that prints another version is passed over,
 * and so is one that cannot be asked.
 */
export async function locate(part: Part, path: string): Promise<string | undefined> {
  if (part.data) return undefined;
  const [kind, plugin] = part.name.split("/");
  if (kind === "cni" && plugin !== undefined) return findExecutable(plugin, systemFolders.cni);
  const found = findExecutable(part.name, [...path.split(delimiter).filter(Boolean), ...systemFolders.system]);
  if (found === undefined || part.probe === undefined) return found;
  try {
    const { stdout, stderr } = await run(found, [...part.probe.args], { timeout: 20_000 });
    return part.probe.accepts.test(stdout + stderr) ? found : undefined;
  } catch {
    return undefined;
  }
}
