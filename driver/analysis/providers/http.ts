import { type Failure, type NoData, type Sample } from "../model";
import { redact, type Secret } from "../secret";

/** How long to leave a source alone that asks for it without saying how long, in seconds. */
const defaultPause = 30;
/** How much of an answer that was no success is told. */
const longestExcerpt = 200;

/** How every request to a source is made. */
export interface HttpArgs {
  readonly fetch: typeof fetch;
  readonly timeout: number;
  /** What must never be told, wherever it turns up. */
  readonly secrets: readonly Secret[];
}

/**
 * One request for JSON. What goes wrong is a Failure: no answer in time, no connection, a status that is no success, an
 * answer that is no JSON. Status 429, and 503 with a Retry-After, ask to be left alone for a while.
 *
 * @throws the signal's reason when it fires.
 */
export async function requestJson(
  url: URL,
  request: RequestInit,
  { fetch, timeout, secrets }: HttpArgs,
  signal: AbortSignal,
): Promise<{ readonly kind: "json"; readonly body: unknown } | Failure> {
  const failure = (why: string, retryAfterSeconds?: number): Failure => ({
    kind: "failure",
    why: redact(`${url.host} ${why}`, secrets),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const response = await fetch(url, { ...request, signal: limit, redirect: "error" });
    const text = await response.text();
    const pause = pauseAsked(response);
    if (pause !== undefined) return failure(`asks to be left alone for ${pause} s (status ${response.status})`, pause);
    if (!response.ok) return failure(`answered ${response.status}: ${excerpt(text)}`);
    return { kind: "json", body: JSON.parse(text) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SyntaxError) return failure("answered with something that is no JSON");
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

/** `base` with a path after its own, which may have parameters, and further parameters. */
export function endpoint(base: string, path: string, parameters: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(base);
  const [pathname = "", search] = path.split("?", 2);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${pathname}`;
  if (search !== undefined) url.search = search;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** The number at a path such as `aggregations.p95.values.95\.0` of an answer; a dot in a key is escaped. */
export function numberAt(body: unknown, path: string): Sample | NoData {
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll("\\.", "."));
  const found = keys.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), body);
  if (found === undefined || found === null) return { kind: "no-data", why: `the answer has nothing at ${path}` };
  const value = typeof found === "string" ? Number(found) : found;
  return typeof value === "number" && !(typeof found === "string" && found.trim() === "")
    ? sample([{ labels: {}, value }])
    : { kind: "no-data", why: `the answer has no number at ${path}` };
}

/** A sample of the series whose values are numbers; none of them is no data. */
export function sample(series: Sample["series"]): Sample | NoData {
  const finite = series.filter(({ value }) => Number.isFinite(value));
  if (finite.length > 0) return { kind: "sample", series: finite };
  return { kind: "no-data", why: series.length === 0 ? "no series" : "NaN or infinite" };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
