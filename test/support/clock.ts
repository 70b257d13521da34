import { type Clock } from "../../driver/clock";

/** Time that passes when a test says so, and whoever sleeps until then wakes in order. */
export class FakeClock implements Clock {
  private sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  constructor(private time = Date.parse("2026-11-24T12:00:00Z")) {}

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const stop = (): void => {
        this.sleepers = this.sleepers.filter((each) => each !== sleeper);
        reject(signal.reason as Error);
      };
      const wake = (): void => {
        signal.removeEventListener("abort", stop);
        resolve();
      };
      const sleeper = { at: this.time + milliseconds, wake };
      this.sleepers.push(sleeper);
      signal.addEventListener("abort", stop);
    });
  }

  /** Lets time pass, and everything run that waited for it. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.time + milliseconds;
    await settled();
    for (;;) {
      const due = this.sleepers.filter(({ at }) => at <= until).toSorted((one, two) => one.at - two.at)[0];
      if (due === undefined) break;
      this.sleepers = this.sleepers.filter((each) => each !== due);
      this.time = Math.max(this.time, due.at);
      due.wake();
      await settled();
    }
    this.time = until;
    await settled();
  }
}

/** Resolves when nothing is left to run but what waits for time or for the outside. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
