/** One lock on a stack in a backend of files: the process that made it. */
export interface LockOwner {
  readonly host: string;
  readonly pid: number;
}

/**
 * Who has locked a stack, from the CLI's own words; undefined for another error.
 *
 * The list is empty for Pulumi Cloud, which says only that another update runs.
 */
export function lockOwners(message: string): readonly LockOwner[] | undefined {
  if (/\[409\] Conflict: Another update is currently in progress/.test(message)) return [];
  if (!message.includes("the stack is currently locked by")) return undefined;
  return [...message.matchAll(/created by \S+@(\S+) \(pid (\d+)\)/g)].map(([, host = "", pid]) => ({
    host,
    pid: Number(pid),
  }));
}

/** Whether every lock was made by a process of this machine that is gone: what it left can be taken away. */
export function allDead(owners: readonly LockOwner[], host: string, isAlive: (pid: number) => boolean): boolean {
  return owners.length > 0 && owners.every((owner) => owner.host === host && !isAlive(owner.pid));
}
