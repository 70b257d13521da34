import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster } from "../live/cluster";
import { formatDuration } from "../model/duration";
import { names } from "../model/names";
import { type HttpCheck, type HttpGateSettings } from "../model/settings";
import { type Entry } from "../model/needs";
import { type Gate, type GateArgs, GateError } from "./gate";

/** How long one answer may take, in milliseconds. */
const longestAnswer = 10_000;

/** One color of a service that is asked, and how it has to answer. */
type Asked = Entry & HttpCheck & { readonly port: number };

/** What a color answered, in a line. */
interface Heard {
  readonly holds: boolean;
  readonly line: string;
}

/** Every color that enters answers as `gate.http` expects. The color's own Service is asked: no user's request goes by it. */
export function httpGate({ cluster, settings, transition }: GateArgs): Gate | undefined {
  const { http } = settings.gate;
  if (http === undefined) return undefined;
  const asked = transition.entries.flatMap((entry): Asked[] => {
    const check = http.checks[entry.service];
    const service = settings.services.find(({ name }) => name === entry.service);
    return check === undefined || service === undefined ? [] : [{ ...entry, ...check, port: service.port }];
  });
  if (asked.length === 0) return undefined;
  return {
    name: "http",
    async now() {
      const heard = await Promise.all(asked.map((each) => ask(cluster, each)));
      const failed = heard.filter(({ holds }) => !holds);
      return failed.length === 0
        ? { gate: "http", state: "holds", lines: heard.map(({ line }) => line) }
        : { gate: "http", state: "fails", lines: failed.map(({ line }) => line) };
    },
    async pass() {
      const failed = await failedAfter(cluster, asked, http);
      if (failed.length > 0) throw new GateError("http", formatDuration(http.timeout), failed, settings.router);
    },
  };
}

/** What is still answered wrongly when the time is over; all colors are asked at once, each until it answers rightly. */
async function failedAfter(cluster: Cluster, asked: readonly Asked[], http: HttpGateSettings): Promise<string[]> {
  const stop = new AbortController();
  const deadline = setTimeout(() => {
    stop.abort();
  }, http.timeout.seconds * 1000);
  try {
    const lines = asked.map((each) => lastWrong(cluster, each, http, stop.signal));
    return (await Promise.all(lines)).flat();
  } finally {
    clearTimeout(deadline);
  }
}

/** Asks until the answer is right, which gives nothing, or the signal fires, which gives the last wrong answer. */
async function lastWrong(
  cluster: Cluster,
  asked: Asked,
  { period }: HttpGateSettings,
  signal: AbortSignal,
): Promise<string[]> {
  let heard: Heard;
  do {
    heard = await ask(cluster, asked);
    if (heard.holds) return [];
    await sleep(period.seconds * 1000, undefined, { signal }).catch(() => undefined);
  } while (!signal.aborted);
  return [heard.line];
}

async function ask(cluster: Cluster, { service, color, port, path, status, contains }: Asked): Promise<Heard> {
  const who = `${service} ${color}: GET ${path}`;
  try {
    const limit = AbortSignal.timeout(longestAnswer);
    const answer = await cluster.get(names.environment(service, color), port, path, limit);
    if (answer.status !== status) {
      return { holds: false, line: `${who} answers ${answer.status}, not ${status}${excerpt(answer.body)}` };
    }
    if (contains !== undefined && !answer.body.includes(contains)) {
      return { holds: false, line: `${who} answers ${status} without "${contains}"${excerpt(answer.body)}` };
    }
    return { holds: true, line: `${who} answers ${status}` };
  } catch (error) {
    return { holds: false, line: `${who} is not answered: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The beginning of a body, on one line. */
function excerpt(body: string): string {
  const text = body.replace(/[\s\p{Cc}]+/gu, " ").trim();
  if (text === "") return "";
  return `: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`;
}
