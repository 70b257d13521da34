import { z } from "zod";
import { text } from "../../../components/config/fields";
import { url } from "../../../components/config/server";
import { secretReference } from "../../../components/config/credential";
import { type NoData, type Sample } from "../model";
import { httpArgs } from "../../authorization";
import { endpoint, requestJson, sample } from "./http";
import { type ProviderArgs, providerKind } from "./provider";

const settings = z.strictObject({
  url: url.default("https://api.datadoghq.com"),
  apiKey: secretReference,
  appKey: secretReference,
});

/** How the points of a window become one number. */
const query = z.union([text, z.strictObject({ query: text, reduce: z.enum(["sum", "mean", "last"]) })], {
  error: "write a query, or a map with query and reduce (sum, mean, last)",
});

/** https://docs.datadoghq.com/api/latest/metrics/#query-timeseries-points */
const answerSchema = z.object({
  status: z.string().optional(),
  error: z.string().optional(),
  series: z
    .array(
      z.object({
        scope: z.string().optional(),
        pointlist: z.array(z.tuple([z.number(), z.number().nullable()])),
      }),
    )
    .default([]),
});

type Reduce = "sum" | "mean" | "last";

const reductions: Readonly<Record<Reduce, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  last: (values) => values.at(-1) ?? NaN,
};

/**
 * A Datadog metrics query over the window. A query alone is summed when it counts (`.as_count()`), and its last point is
 * taken otherwise.
 */
export const datadog = providerKind({
  settings,
  query,
  counts: "window",
  create: ({ url: base }, args) => {
    const headers = keys(args);
    const http = httpArgs(args);
    return {
      query: async (asked, { window, signal }) => {
        const parsed = query.parse(asked);
        const { query: text, reduce } =
          typeof parsed === "string" ? { query: parsed, reduce: defaultReduction(parsed) } : parsed;
        const seconds = (time: number): string => String(Math.floor(time / 1000));
        const parameters = { from: seconds(window.from), to: seconds(window.to), query: text };
        const answer = await requestJson(endpoint(base, "/api/v1/query", parameters), { headers }, http, signal);
        return answer.kind === "failure" ? answer : seriesOf(answer.body, reduce);
      },
      check: async (signal) => {
        const answer = await requestJson(endpoint(base, "/api/v1/validate"), { headers }, http, signal);
        return answer.kind === "failure" ? answer.why : undefined;
      },
    };
  },
});

function keys({ secrets }: ProviderArgs): Record<string, string> {
  return {
    "dd-api-key": secrets["apiKey"]?.reveal() ?? "",
    "dd-application-key": secrets["appKey"]?.reveal() ?? "",
  };
}

function defaultReduction(query: string): Reduce {
  return query.includes(".as_count()") ? "sum" : "last";
}

function seriesOf(body: unknown, reduce: Reduce): Sample | NoData | { kind: "failure"; why: string } {
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) return { kind: "failure", why: "the answer is not one of Datadog's query API" };
  // A query that is wrong is answered with status 200 and an error.
  if (parsed.data.error) return { kind: "failure", why: `Datadog says: ${parsed.data.error}` };
  return sample(
    parsed.data.series.flatMap(({ scope, pointlist }) => {
      const values = pointlist.flatMap(([, value]) => (value === null ? [] : [value]));
      return values.length === 0 ? [] : [{ labels: { scope: scope ?? "" }, value: reductions[reduce](values) }];
    }),
  );
}
