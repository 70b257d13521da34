import { z } from "zod";
import { keysAt } from "../../components/model/known-keys";
import { type Problem, problemsOf } from "../../components/model/problems";
import { judges } from "./judges/registry";
import { type Judge } from "./judges/judge";
import { between, choice, lasting, metricSchema, type MetricSpec, noDataRules, whole } from "./metric-schema";
import { providerKinds, type ProviderName } from "./providers/registry";
import { unknownVariables } from "./variables";

const providerNames = Object.keys(providerKinds) as ProviderName[];

/** The settings of a source, told apart by their kind. */
const providerSchema = z.unknown().transform((input, context) => {
  const kind = typeof input === "object" && input !== null ? (input as Record<string, unknown>)["kind"] : undefined;
  const name = providerNames.find((each) => each === kind);
  if (name === undefined) {
    const message = `${kind === undefined ? "has no kind" : `is ${JSON.stringify(kind)}`}; choose one of ${providerNames.join(", ")}`;
    context.addIssue({ code: "custom", message, path: ["kind"] });
    return z.NEVER;
  }
  const settings = Object.fromEntries(Object.entries(input as object).filter(([key]) => key !== "kind"));
  const parsed = providerKinds[name].settings.safeParse(settings);
  if (parsed.success) return { kind: name, settings };
  for (const { path, message } of problemsOf(parsed.error, (path) => keysAt(providerKinds[name].settings, path))) {
    context.addIssue({ code: "custom", message, path: path === "" ? [] : path.split(".") });
  }
  return z.NEVER;
});

const analysisSchema = z.strictObject(
  {
    providers: z.record(z.string(), providerSchema, { error: "write a map of names to providers" }),
    interval: lasting.default({ seconds: 10 }),
    timeout: lasting.default({ seconds: 5 }),
    level: between(0, 0.5, "beyond").default(0.01),
    onNoData: choice(noDataRules).default("hold"),
    noDataLimit: lasting.default({ seconds: 120 }),
    consecutiveErrorLimit: whole(0).default(4),
    metrics: z.array(metricSchema, { error: "write a list of metrics" }).min(1, "has no metric"),
  },
  { error: "is no analysis; write a map with providers and metrics" },
);

/** How a release is judged: checked, and completed with defaults. */
export type AnalysisSpec = z.output<typeof analysisSchema>;
export type ProviderSpec = AnalysisSpec["providers"][string];

export type ParsedAnalysis = { readonly spec: AnalysisSpec } | { readonly problems: readonly Problem[] };

/** Checks an analysis as YAML or JSON has it. Everything that is wrong is told at once. */
export function parseAnalysis(raw: unknown): ParsedAnalysis {
  const parsed = analysisSchema.safeParse(raw);
  if (!parsed.success) {
    const found = problemsOf(parsed.error, (path) => keysAt(analysisSchema, path));
    return { problems: found.map(({ path, message }) => ({ path: path === "" ? "analysis" : path, message })) };
  }
  const problems = crossProblems(parsed.data);
  return problems.length > 0 ? { problems } : { spec: parsed.data };
}

/** The name of the source that a metric asks: its own, or the only one there is. */
export function providerOf(metric: MetricSpec, providers: AnalysisSpec["providers"]): string | undefined {
  return metric.provider ?? (Object.keys(providers).length === 1 ? Object.keys(providers)[0] : undefined);
}

/** The judge of a metric, whose settings are the metric's. */
export function judgeOf(metric: MetricSpec): Judge<MetricSpec> {
  return judges[metric.judge] as Judge<MetricSpec>;
}

function crossProblems({ metrics, providers }: AnalysisSpec): Problem[] {
  const names = metrics.map(({ name }) => name);
  return metrics.flatMap((metric, index): Problem[] => {
    const at = (key: string, message: string): Problem => ({ path: `metrics.${index}.${key}`, message });
    const twice = names.indexOf(metric.name) < index ? [at("name", `is "${metric.name}" a second time`)] : [];
    return [...twice, ...providerProblems(metric, providers, at)];
  });
}

function providerProblems(
  metric: MetricSpec,
  providers: AnalysisSpec["providers"],
  at: (key: string, message: string) => Problem,
): Problem[] {
  const name = providerOf(metric, providers);
  const kind = name === undefined ? undefined : providers[name]?.kind;
  if (kind === undefined) {
    const is = metric.provider === undefined ? "is missing" : `is "${metric.provider}"`;
    return [at("provider", `${is}; choose one of ${Object.keys(providers).join(", ")}`)];
  }
  const schema = providerKinds[kind].query;
  const queries = Object.entries(judgeOf(metric).queries(metric)).flatMap(([key, { query }]) => {
    const place = key in metric ? key : "query";
    const parsed = schema.safeParse(query);
    if (!parsed.success) {
      return problemsOf(parsed.error, (path) => keysAt(schema, path)).map(({ path, message }) =>
        at(path === "" ? place : `${place}.${path}`, message),
      );
    }
    return unknownVariables(query).map((variable) => at(place, variable));
  });
  const series = metric.judge === "quantile" && kind !== "prometheus";
  const needs = series ? [at("provider", `is of kind ${kind}; a quantile needs the buckets that prometheus has`)] : [];
  const conditions =
    metric.judge === "threshold" && metric.successCondition === undefined && metric.failureCondition === undefined
      ? [at("successCondition", "is missing, and failureCondition too; write one of them")]
      : [];
  return [...needs, ...queries, ...conditions];
}
