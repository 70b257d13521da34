import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { until } from "./checks";
import { type ProcessSpec } from "./processes";
import { type ProcessStatus } from "./status";

/** How long a process may take to do its work after its start. */
const startTimeout = 60_000;
/** From an exit to the next start; doubled at each exit in a row, up to the longest. */
const shortestPause = 200;
const longestPause = 5_000;

/** Keeps processes running: starts each, waits until it does its work, and starts it again whenever it exits. */
export class Keeper {
  private readonly statuses = new Map<string, ProcessStatus>();

  constructor(
    private readonly logs: string,
    private readonly changed: (processes: readonly ProcessStatus[]) => void,
  ) {}

  /** Starts `spec` for good. Resolves when it first does its work; rejects when that takes too long. */
  async keep(spec: ProcessSpec): Promise<void> {
    let readyOnce: () => void = () => undefined;
    const firstReady = new Promise<void>((resolve) => (readyOnce = resolve));
    const run = (restarts: number, pause: number): void => {
      const child = this.start(spec);
      const state = { name: spec.name, pid: child.pid ?? 0, restarts };
      this.set({ ...state, state: "starting" });
      const ended = new AbortController();
      let nextPause = Math.min(longestPause, pause * 2);
      child.on("exit", () => {
        ended.abort();
        this.set({ ...state, state: "restarting" });
        setTimeout(() => {
          run(restarts + 1, nextPause);
        }, pause);
      });
      void until(spec.ready, ended.signal).then(
        () => {
          if (ended.signal.aborted) return;
          nextPause = shortestPause;
          this.set({ ...state, state: "ready" });
          readyOnce();
        },
        () => undefined, // It exited first, and the exit handler starts it again.
      );
    };
    run(0, shortestPause);
    const timer = new AbortController();
    await Promise.race([firstReady, expiry(spec.name, timer.signal)]).finally(() => {
      timer.abort();
    });
  }

  /** True when `spec` was started for good. */
  keeps(spec: ProcessSpec): boolean {
    return this.statuses.has(spec.name);
  }

  /** True when every process that was started does its work. */
  get allReady(): boolean {
    return [...this.statuses.values()].every((status) => status.state === "ready");
  }

  get processes(): readonly ProcessStatus[] {
    return [...this.statuses.values()];
  }

  private start(spec: ProcessSpec): ChildProcess {
    const [command = "", ...args] = spec.argv;
    const log = openSync(join(this.logs, `${spec.name}.log`), "a");
    const child = spawn(command, args, { env: { ...process.env, ...spec.env }, stdio: ["ignore", log, log] });
    // A failed spawn has no exit: the start timeout tells of it, with the log.
    child.on("error", (error) => {
      process.stderr.write(`${spec.name}: ${error.message}\n`);
    });
    return child;
  }

  private set(status: ProcessStatus): void {
    this.statuses.set(status.name, status);
    this.changed(this.processes);
  }
}

function expiry(name: string, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${name} was not ready after ${String(startTimeout / 1000)} s; see its log`));
    }, startTimeout);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
    });
  });
}
