/** What happens, in the order in which it happened, for one reader. */
export class Inbox<T> {
  private readonly items: T[] = [];
  private wake: () => void = () => undefined;

  put(item: T): void {
    this.items.push(item);
    this.wake();
  }

  /** The next item; rejects with the signal's reason when that fires first. */
  async take(signal: AbortSignal): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const item = this.items.shift();
      if (item !== undefined) return item;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener("abort", wake);
          resolve();
        };
        this.wake = wake;
        signal.addEventListener("abort", wake);
      });
    }
  }
}
