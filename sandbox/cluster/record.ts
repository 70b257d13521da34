import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One process of this boot: its id alone may have been given to another since. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's ticks. */
  readonly startTime: string;
}

/** What is known of a running daemon. */
export interface DaemonRecord extends ProcessIdentity {
  readonly run: string;
  /** The process on the host whose child is process 1 of the namespaces. */
  readonly namespacePid: number;
  readonly namespaceStartTime: string;
  readonly apiPort: number;
  readonly ingressPort: number;
  readonly prometheusPort: number;
}

/** When process `pid` started, in ticks since the boot; undefined when there is none. */
export function startTime(pid: number): string | undefined {
  try {
    // The command, in parentheses, may hold spaces; the start time is the 20th field after it.
    const fields = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** True when this very process runs. */
export function isAlive(process: ProcessIdentity): boolean {
  return startTime(process.pid) === process.startTime;
}

/** The processes of the host whose parent is `pid`. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((each) => parentOf(each) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(
      readFileSync(`/proc/${String(pid)}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[1],
    );
  } catch {
    return undefined; // It ended while we looked.
  }
}

/** The id on the host of each running process of the namespace that `pid` is in, by its id inside. */
export function hostPids(pid: number): Map<number, number> {
  const result = new Map<number, number>();
  const namespace = namespaceOf(pid);
  if (namespace === undefined) return result;
  for (const entry of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    try {
      if (startTime(Number(entry)) === undefined) continue;
      const ids = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${entry}/status`, "utf8"))?.[1]?.split(/\s+/);
      if (ids?.length === namespace.depth && namespaceOf(Number(entry))?.id === namespace.id) {
        result.set(Number(ids.at(-1)), Number(entry));
      }
    } catch {
      // It ended while we looked.
    }
  }
  return result;
}

function namespaceOf(pid: number): { id: string; depth: number } | undefined {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
    const depth = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/).length ?? 1;
    return { id: readlinkSync(`/proc/${String(pid)}/ns/pid`), depth };
  } catch {
    return undefined;
  }
}
