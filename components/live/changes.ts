/**
 * Lets a reader wait for the next change that a watch tells: true at one, also one that came between two waits, and false
 * when the signal has fired.
 */
export function changesOf(
  watch: (changed: () => void, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): { next(): Promise<boolean> } {
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
