import { type Duration } from "../model/duration";

type Watch = (changed: () => void, signal: AbortSignal) => Promise<void>;

/**
 * Lets a reader wait for the next change that a watch tells: true at one, also one that came between two waits, and false
 * when the signal has fired.
 */
export function changesOf(watch: Watch, signal: AbortSignal): { next(): Promise<boolean> } {
  let changed = false;
  let wake: () => void = () => undefined;
  const notify = (): void => {
    changed = true;
    wake();
  };
  void watch(notify, signal);
  signal.addEventListener("abort", () => {
    wake();
  });
  return {
    async next() {
      if (!changed && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      changed = false;
      return !signal.aborted;
    },
  };
}

/** What is still to come about when the time is over; nothing as soon as nothing is. Asked for anew at each change. */
export async function leftAfter<T>(find: () => Promise<T[]>, watch: Watch, timeout: Duration): Promise<T[]> {
  const stop = new AbortController();
  const deadline = setTimeout(() => {
    stop.abort();
  }, timeout.seconds * 1000);
  try {
    let left = await find();
    if (left.length === 0) return left;
    const changes = changesOf(watch, stop.signal);
    while (left.length > 0 && (await changes.next())) left = await find();
    return left;
  } finally {
    clearTimeout(deadline);
    stop.abort();
  }
}
