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

/** What is still to come about when the signal fires; nothing as soon as nothing is. Asked for anew at each change. */
export async function leftOf<T>(find: () => Promise<T[]>, watch: Watch, signal: AbortSignal): Promise<T[]> {
  let left = await find();
  if (left.length === 0) return left;
  const changes = changesOf(watch, signal);
  while (left.length > 0 && (await changes.next())) left = await find();
  return left;
}

/** Does something with a signal that fires after a time, and when it is done. */
export async function within<T>(timeout: Duration, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const deadline = setTimeout(() => {
    stop.abort();
  }, timeout.seconds * 1000);
  try {
    return await action(stop.signal);
  } finally {
    clearTimeout(deadline);
    stop.abort();
  }
}
