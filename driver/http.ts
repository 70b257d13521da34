import { redact, type Secret } from "./secret";

/** How long to leave a server alone that asks for it without saying how long, in seconds. */
const defaultPause = 30;
/** How much of an answer that was no success is told. */
const longestExcerpt = 200;

/** How a request is made. */
export interface HttpArgs {
  readonly fetch: typeof fetch;
  /** How long one request may take, in milliseconds. */
  readonly timeout: number;
  /** What must never be told, wherever it turns up. */
  readonly secrets: readonly Secret[];
  /** What the server is called when something is told of it; its host by default. */
  readonly name?: string;
}

/** There was no answer, or one that was no success. */
export interface Failure {
  readonly kind: "failure";
  readonly why: string;
  /** Of the answer; absent when there was none. */
  readonly status?: number;
  /** Set when the server asks to be left alone. */
  readonly retryAfterSeconds?: number;
}

/**
 * One request. What goes wrong is a Failure: no answer in time, no connection, a redirect, a status that is no success.
 * Status 429, and 503 with a Retry-After, ask to be left alone for a while.
 *
 * @throws the signal's reason when it fires.
 */
export async function requestText(
  url: URL,
  request: RequestInit,
  { fetch, timeout, secrets, name = url.host }: HttpArgs,
  signal: AbortSignal,
): Promise<{ readonly kind: "text"; readonly text: string } | Failure> {
  const failure = (why: string, more: Partial<Failure> = {}): Failure => ({
    kind: "failure",
    why: redact(`${name} ${why}`, secrets),
    ...more,
  });
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const response = await fetch(url, { ...request, signal: limit, redirect: "error" });
    const text = await response.text();
    const { status, ok } = response;
    const pause = pauseAsked(response);
    if (pause !== undefined) {
      const why = `asks to be left alone for ${pause} s (status ${status})`;
      return failure(why, { status, retryAfterSeconds: pause });
    }
    return ok ? { kind: "text", text } : failure(`answered ${status}: ${excerpt(text)}`, { status });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && error.name === "TimeoutError")
      return failure(`did not answer in ${timeout / 1000} s`);
    return failure(`was not reached: ${rootCause(error)}`);
  }
}

function pauseAsked({ status, headers }: Response): number | undefined {
  // Datadog counts the seconds in a header of its own: https://docs.datadoghq.com/api/latest/rate-limits/
  const asked = headers.get("retry-after") ?? headers.get("x-ratelimit-reset");
  if (status !== 429 && !(status === 503 && asked !== null)) return undefined;
  if (asked === null) return defaultPause;
  const seconds = /^\d+$/.test(asked) ? Number(asked) : Math.ceil((Date.parse(asked) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.max(1, seconds) : defaultPause;
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > longestExcerpt ? `${line.slice(0, longestExcerpt)} …` : line;
}

/** fetch says "fetch failed" of everything; why is in the cause. */
function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return rootCause(error.cause);
  return error.message === "" && "code" in error ? String(error.code) : error.message;
}
