import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../report";
import { removeCgroup } from "./cgroups";
import { type SandboxPaths } from "./paths";
import { childrenOf, type DaemonRecord, hostPids, isAlive, type ProcessIdentity, startTime } from "./record";
import { readJson } from "./status";

/** How long the namespaces may take to end after their process 1 was killed. */
const endTimeout = 20_000;

/**
 * Ends the embedded cluster and removes what it left: processes, mounts and network go with the namespaces; cgroups and
 * files are removed here. With `keepData` the files stay, for the next start.
 *
 * @throws SandboxError when a process will not end.
 */
export async function down(
  args: { readonly paths: SandboxPaths },
  options: { readonly keepData: boolean },
): Promise<void> {
  const { paths } = args;
  const daemon = readJson<DaemonRecord>(paths.daemon);
  if (daemon !== undefined) await end(daemon);
  await until(`a process is still in the cgroup ${paths.cgroup}`, () => removeCgroup(paths.cgroup).length === 0);
  const leftovers = options.keepData ? ["daemon.json", "status.json", "sockets"] : [];
  if (!options.keepData) rmSync(paths.root, { recursive: true, force: true });
  for (const name of leftovers) rmSync(join(paths.root, name), { recursive: true, force: true });
  removeEmpty("/var/lib/cni");
  removeEmpty(join(paths.root, ".."));
}

/**
 * Ends the daemon and its namespaces. A daemon that was killed leaves the namespaces for a moment, until their
 * supervisor sees its input end: they are ended all the same, so that nothing holds the files of the next start.
 */
async function end(daemon: DaemonRecord): Promise<void> {
  const holder = { pid: daemon.namespacePid, startTime: daemon.namespaceStartTime };
  const [init] = isAlive(holder) ? childrenOf(holder.pid) : [];
  const inside = init === undefined ? [] : [...hostPids(init).values()].map(withStartTime);
  if (isAlive(daemon)) process.kill(daemon.pid, "SIGTERM");
  else if (isAlive(holder)) process.kill(holder.pid, "SIGKILL");
  await until("the cluster does not end", () => ![daemon, holder, ...inside].some(isAlive));
}

function withStartTime(pid: number): ProcessIdentity {
  return { pid, startTime: startTime(pid) ?? "" };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + endTimeout;
  while (!holds()) {
    if (performance.now() > deadline) throw new SandboxError(`${what}; try again, or restart the machine`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function removeEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
