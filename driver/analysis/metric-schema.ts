import { z } from "zod";
import { text } from "../../components/config/fields";
import { parseDuration } from "../../components/model/duration";
import { parseCondition } from "./judges/condition";

/** The shape of one metric of an analysis, for each judge. docs/analysis.md says what each field means. */

const shown = (input: unknown): string => (input === undefined ? "is missing" : `is ${JSON.stringify(input)}`);

/** A duration of more than nothing. */
export const lasting = z.unknown().transform((input, context) => {
  const parsed = typeof input === "string" ? parseDuration(input) : undefined;
  if (parsed !== undefined && parsed.seconds > 0) return parsed;
  context.addIssue({ code: "custom", message: `${shown(input)}; write a duration such as 10s, 5m or 1h` });
  return z.NEVER;
});

/** A number between two others, with or without the ends. */
export const between = (low: number, high: number, ends: "within" | "beyond" = "within") => {
  const fits = (value: number): boolean =>
    ends === "within" ? value >= low && value <= high : value > low && value < high;
  const from = high === Infinity ? `of at least ${low}` : `from ${low} to ${high}`;
  return z.number({ error: ({ input }) => `${shown(input)}; write a number ${from}` }).refine(fits, {
    error: ({ input }) => `${shown(input)}; write a number ${ends === "within" ? from : `between ${low} and ${high}`}`,
  });
};

export const whole = (low: number) =>
  z
    .number({ error: ({ input }) => `${shown(input)}; write a whole number of at least ${low}` })
    .refine((value) => Number.isInteger(value) && value >= low, {
      error: ({ input }) => `${shown(input)}; write a whole number of at least ${low}`,
    });

export const choice = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: ({ input }) => `${shown(input)}; choose one of ${values.join(", ")}` });

export const noDataRules = ["fail", "hold", "pass"] as const;
export type NoDataRule = (typeof noDataRules)[number];

const condition = text.transform((value, context) => {
  try {
    return parseCondition(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: "custom", message: `${why}; write a condition such as result >= 0.95` });
    return z.NEVER;
  }
});

/** A query is what the metric's provider takes: which is checked when the provider is known. */
const query = z.unknown().refine((value) => value !== undefined && value !== null, "is missing");

const common = {
  name: text,
  provider: text.optional(),
  interval: lasting.optional(),
  onNoData: choice(noDataRules).optional(),
  dryRun: z.boolean({ error: "write true or false" }).default(false),
};

const sequential = { minimumRequests: whole(1).default(100) };
const sampled = { query, window: lasting.default({ seconds: 60 }) };

export const metricSchema = z.discriminatedUnion(
  "judge",
  [
    z.strictObject({
      ...common,
      ...sequential,
      judge: z.literal("proportion"),
      total: query,
      bad: query,
      tolerance: between(1, Infinity).default(1.1),
    }),
    z.strictObject({
      ...common,
      ...sequential,
      judge: z.literal("quantile"),
      buckets: query,
      quantile: between(0, 1, "beyond").default(0.95),
      tolerance: between(1, Infinity).default(1),
    }),
    z.strictObject({
      ...common,
      ...sampled,
      judge: z.literal("threshold"),
      successCondition: condition.optional(),
      failureCondition: condition.optional(),
      count: whole(1).default(1),
      failureLimit: whole(0).default(0),
      inconclusiveLimit: whole(0).default(0),
    }),
    z.strictObject({
      ...common,
      ...sampled,
      judge: z.literal("comparison"),
      direction: choice(["increase", "decrease", "either"]).default("either"),
      confidence: between(0.5, 1, "beyond").default(0.98),
      fraction: between(0, 1).default(0.25),
      minimumSamples: whole(10).default(20),
    }),
  ],
  {
    error: ({ input }) =>
      typeof input === "object"
        ? `has no judge of proportion, quantile, threshold, comparison`
        : "write a map with name, judge and queries",
  },
);

export type MetricSpec = z.output<typeof metricSchema>;
