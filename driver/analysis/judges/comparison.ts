import { type Estimate, type Observation, type Outcome, type Side, sides } from "../model";
import { type Judge } from "./judge";
import { mannWhitney, upperQuantile } from "./mann-whitney";

/**
 * The canary's values against the active color's over the same time, as Kayenta's Netflix judge has it
 * (MannWhitneyClassifier): `fail` when the whole interval of the shift lies beyond `fraction` of the shift itself.
 *
 * Every look has the declared confidence by itself. Looking often says `fail` falsely more often than that: the
 * sequential judge does not.
 */
export interface ComparisonSpec {
  readonly query: unknown;
  /** Which way is bad. */
  readonly direction: "increase" | "decrease" | "either";
  /** Of the interval of the shift. */
  readonly confidence: number;
  /** Part of the estimated shift that the interval has to lie beyond. */
  readonly fraction: number;
  /** Pairs of values that are wanted before anything is said. */
  readonly minimumSamples: number;
}

export const comparison: Judge<ComparisonSpec> = {
  queries: ({ query }) => ({ value: { query, of: sides } }),
  needs: { query: "value", of: sides },
  judge: (observations, spec, { began }) => {
    const pairs = observations.filter(({ at }) => at > began).flatMap(pairOf);
    const values = { canary: pairs.map(({ canary }) => canary), active: pairs.map(({ active }) => active) };
    const seen = { canary: pairs.length, active: pairs.length };
    if (pairs.length < spec.minimumSamples) {
      const text = `${pairs.length} of ${spec.minimumSamples} pairs of values seen`;
      return { outcome: "hold", evidence: { text, unit: "none", seen } };
    }
    const shift = mannWhitney(values.canary, values.active, upperQuantile((1 - spec.confidence) / 2));
    const limit = spec.fraction * Math.abs(shift.estimate);
    const higher = spec.direction !== "decrease" && shift.low > limit;
    const lower = spec.direction !== "increase" && shift.high < -limit;
    const outcome: Outcome = higher || lower ? "fail" : "pass";
    const how = higher ? "higher than" : lower ? "lower than" : "not told from";
    const interval = `${number(shift.estimate)} (${number(shift.low)} to ${number(shift.high)})`;
    const text = `the canary is ${how} the active color by Mann-Whitney over ${pairs.length} pairs: shift ${interval}`;
    const estimates = { canary: estimate(values.canary), active: estimate(values.active) };
    return { outcome, evidence: { text, unit: "none", seen, pValue: shift.pValue, ...estimates } };
  },
};

function pairOf({ readings }: Observation): Readonly<Record<Side, number>>[] {
  const [canary, active] = [readings["value"]?.canary, readings["value"]?.active];
  if (canary?.kind !== "sample" || active?.kind !== "sample") return [];
  const [one, two] = [canary.series[0], active.series[0]];
  return one === undefined || two === undefined ? [] : [{ canary: one.value, active: two.value }];
}

/** The median, between the smallest and the largest value. */
function estimate(values: readonly number[]): Estimate {
  const sorted = values.toSorted((one, two) => one - two);
  const at = (index: number): number => sorted[index] ?? NaN;
  return { value: at(Math.floor(sorted.length / 2)), low: at(0), high: at(sorted.length - 1) };
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
