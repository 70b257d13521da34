import { type Clock } from "../clock";
import { type Failure, type HttpArgs, requestText } from "../http";
import { type Message } from "./notify/format";

/** From a failed try to the next one, in milliseconds; there is one try more than pauses. */
const pauses: readonly number[] = [1_000, 4_000];
/** The longest that a server may ask to be left alone for before its message is given up, in milliseconds. */
const longestPause = 30_000;

export interface DeliverArgs {
  readonly method: "POST" | "PUT";
  readonly url: URL;
  readonly http: HttpArgs;
  readonly clock: Clock;
}

/**
 * Sends a message, again after a while when that may help.
 *
 * @param message made anew for each try
 * @throws Error when it was not taken, saying why; the signal's reason when it fires.
 */
export async function deliver(
  message: () => Message,
  { method, url, http, clock }: DeliverArgs,
  signal: AbortSignal,
): Promise<void> {
  for (const pause of [...pauses, undefined]) {
    const { headers, body } = message();
    const answer = await requestText(url, { method, headers, body }, http, signal);
    if (answer.kind === "text") return;
    const wait = Math.max(pause ?? Infinity, 1000 * (answer.retryAfterSeconds ?? 0));
    if (!mayPass(answer) || wait > longestPause) throw new Error(answer.why);
    await clock.sleep(wait, signal);
  }
}

/** Whether the same message may be taken later: no answer, a server's own failure, or one that is asked too much. */
function mayPass({ status }: Failure): boolean {
  return status === undefined || status >= 500 || [408, 425, 429].includes(status);
}
