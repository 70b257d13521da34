/** Who holds a Lease: a process of a machine. */
export interface Holder {
  readonly identity: string;
  /** True when `other` was a process of this machine that is no longer there; false when that cannot be known. */
  isDead(other: string): boolean;
}

interface Process {
  readonly user: string;
  readonly host: string;
  /** What the process number is unique in: a container has its own, whatever its host is called. */
  readonly space: string;
  readonly pid: number;
  /** Tells two processes with the same number apart. */
  readonly started: string;
  readonly isAlive: (pid: number) => boolean;
}

/** This process, as `user@host/space/pid/start`. */
export function holderOf({ user, host, space, pid, started, isAlive }: Process): Holder {
  const place = `${user}@${host}/${space}`;
  return {
    identity: `${place}/${pid}/${started}`,
    isDead(other) {
      const parts = partsOf(other);
      if (parts.host !== host || parts.space !== space) return false;
      return parts.pid === pid ? parts.started !== started : !isAlive(parts.pid);
    },
  };
}

/** A holder in words. */
export function nameOf(identity: string): string {
  const { who, pid } = partsOf(identity);
  return pid === 0 ? who : `${who}, process ${pid}`;
}

function partsOf(identity: string) {
  const [who = "", space = "", pid = "", started = ""] = identity.split("/");
  return { who, host: who.split("@").at(-1), space, pid: Number(pid), started };
}
