import { z } from "zod";
import { text } from "../../../components/config/fields";
import { credentials, url } from "../../../components/config/server";
import { type NoData, type Sample } from "../model";
import { authorization, httpArgs } from "../../authorization";
import { endpoint, requestJson, sample } from "./http";
import { providerKind } from "./provider";

const settings = z.strictObject({ url, ...credentials });

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
const vector = z.object({
  data: z.union([
    z.object({
      resultType: z.literal("vector"),
      result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
    }),
    z.object({ resultType: z.literal("scalar"), result: z.tuple([z.number(), z.string()]) }),
  ]),
});

/** PromQL, asked at the window's end, of Prometheus and what speaks like it (Thanos, Mimir, VictoriaMetrics). */
export const prometheus = providerKind({
  settings,
  query: text,
  counts: "lifetime",
  create: ({ url: base, user }, args) => {
    const headers = authorization(user, args.secrets);
    const http = httpArgs(args, user);
    return {
      query: async (query, { window, signal }) => {
        // A form, as queries grow longer than a URL may be.
        const body = new URLSearchParams({ query: text.parse(query), time: String(window.to / 1000) });
        const answer = await requestJson(
          endpoint(base, "/api/v1/query"),
          { method: "POST", headers, body },
          http,
          signal,
        );
        return answer.kind === "failure" ? answer : seriesOf(answer.body);
      },
      check: async (signal) => {
        const parameters = { query: "vector(1)" };
        const answer = await requestJson(endpoint(base, "/api/v1/query", parameters), { headers }, http, signal);
        if (answer.kind === "failure") return answer.why;
        return vector.safeParse(answer.body).success ? undefined : `${base} does not answer as Prometheus does`;
      },
    };
  },
});

function seriesOf(body: unknown): Sample | NoData {
  const parsed = vector.safeParse(body);
  if (!parsed.success) return { kind: "no-data", why: "the answer is neither a vector nor a scalar" };
  const { data } = parsed.data;
  if (data.resultType === "scalar") return sample([{ labels: {}, value: number(data.result[1]) }]);
  return sample(data.result.map(({ metric, value }) => ({ labels: metric, value: number(value[1]) })));
}

/** Prometheus writes numbers as Go does: `NaN`, `+Inf`, `-Inf`. */
function number(value: string): number {
  return Number(value.replace(/^([+-]?)Inf$/, "$1Infinity"));
}
