import { type Estimate, type Observation, type Outcome, type Verdict } from "../model";
import { type Condition } from "./condition";
import { type Judge } from "./judge";

/**
 * Conditions on a number of the canary, counted within a step, with the fields and the meaning that they have in an
 * AnalysisTemplate of Argo Rollouts: https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
 */
export interface ThresholdSpec {
  readonly query: unknown;
  /** A measurement that holds is a success. Alone, one that does not hold is a failure. */
  readonly successCondition?: Condition;
  /** A measurement that holds is a failure. Alone, one that does not hold is a success. */
  readonly failureCondition?: Condition;
  /** Measurements that a step must have before it passes. */
  readonly count: number;
  /** Failures that are let pass; one more fails. */
  readonly failureLimit: number;
  /** Measurements that are neither, which happens only with both conditions; one more is inconclusive. */
  readonly inconclusiveLimit: number;
}

type Measurement = "success" | "failure" | "neither";

export const threshold: Judge<ThresholdSpec> = {
  queries: ({ query }) => ({ result: { query, of: ["canary"] } }),
  needs: { query: "result", of: ["canary"] },
  judge: (observations, spec, { stepStart }) => {
    const results = observations.filter(({ at }) => at > stepStart).flatMap(resultOf);
    const measured = results.map((result) => measure(result, spec));
    const [failures, neither] = (["failure", "neither"] as const).map(
      (kind) => measured.filter((each) => each === kind).length,
    );
    return verdictOf(spec, { results, failures: failures ?? 0, neither: neither ?? 0 });
  },
};

function resultOf({ readings }: Observation): (readonly number[])[] {
  const reading = readings["result"]?.canary;
  return reading?.kind === "sample" ? [reading.series.map(({ value }) => value)] : [];
}

function measure(result: readonly number[], { successCondition, failureCondition }: ThresholdSpec): Measurement {
  if (failureCondition?.(result)) return "failure";
  if (successCondition === undefined) return "success";
  if (successCondition(result)) return "success";
  return failureCondition === undefined ? "failure" : "neither";
}

interface Measured {
  readonly results: readonly (readonly number[])[];
  readonly failures: number;
  readonly neither: number;
}

function verdictOf(spec: ThresholdSpec, { results, failures, neither }: Measured): Verdict {
  const outcome: Outcome =
    failures > spec.failureLimit
      ? "fail"
      : neither > spec.inconclusiveLimit
        ? "inconclusive"
        : results.length >= spec.count
          ? "pass"
          : "hold";
  const last = results.at(-1);
  const counts = `${results.length} of ${spec.count} measurements, ${failures} failed (${spec.failureLimit} allowed)`;
  const also = neither === 0 ? "" : `, ${neither} neither (${spec.inconclusiveLimit} allowed)`;
  const text = `${counts}${also}${last === undefined ? "" : `; the last is ${last.join(", ")}`}`;
  const canary = estimate(results.flatMap(([first]) => (first === undefined ? [] : [first])));
  return {
    outcome,
    evidence: { text, unit: "none", seen: { canary: results.length, active: 0 }, ...(canary && { canary }) },
  };
}

/** The last value, between the smallest and the largest. */
function estimate(values: readonly number[]): Estimate | undefined {
  const value = values.at(-1);
  return value === undefined ? undefined : { value, low: Math.min(...values), high: Math.max(...values) };
}
