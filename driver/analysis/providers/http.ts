import { type HttpArgs, requestText } from "../../http";
import { type Failure, type NoData, type Sample } from "../model";

/**
 * One request for JSON. What goes wrong is a Failure: also an answer that is no JSON.
 *
 * @throws the signal's reason when it fires.
 */
export async function requestJson(
  url: URL,
  request: RequestInit,
  args: HttpArgs,
  signal: AbortSignal,
): Promise<{ readonly kind: "json"; readonly body: unknown } | Failure> {
  const answer = await requestText(url, request, args, signal);
  if (answer.kind === "failure") return answer;
  try {
    return { kind: "json", body: JSON.parse(answer.text) };
  } catch {
    return { kind: "failure", why: `${url.host} answered with something that is no JSON` };
  }
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
