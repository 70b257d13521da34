import { type Clock } from "../clock";
import { messageOf } from "../rollout/work";

/** How long a command that has ended waits for what is still to go out, in milliseconds. */
const patience = 5_000;

/** Sends one thing after the other, beside whatever else is done. What is not sent is told of in one line. */
export class Outbox {
  private sending: Promise<void> = Promise.resolve();
  private readonly closing = new AbortController();

  constructor(
    private readonly clock: Clock,
    private readonly problem: (line: string) => void,
  ) {}

  /**
   * @param failed what it means when it is not sent; why follows
   * @param send rejects when it could not be sent, or when the signal fires
   */
  put(failed: string, send: (signal: AbortSignal) => Promise<void>): void {
    const { signal } = this.closing;
    this.sending = this.sending.then(async () => {
      try {
        signal.throwIfAborted();
        await send(signal);
      } catch (error) {
        this.problem(`${failed}: ${messageOf(error)}`);
      }
    });
  }

  async close(): Promise<void> {
    const all = new AbortController();
    const late = this.clock.sleep(patience, all.signal).catch(() => undefined);
    await Promise.race([this.sending, late]);
    all.abort();
    this.closing.abort(new Error("the command ended before that"));
    await this.sending;
  }
}
