import { type Estimate, type Observation, type Outcome, type Side, type Verdict } from "../model";
import { perSide } from "./counts";
import { type Context } from "./judge";

/** A test that may be looked at after every batch. A batch has what one side did since the look before. */
interface SequentialTest<Batch> {
  add(canary: Batch, active: Batch): void;
  /** The smallest level at which it has rejected. */
  readonly pValue: number;
  /** All batches of a side together. */
  readonly seen: Readonly<Record<Side, Batch>>;
}

/** How a sequential judge looks at what was observed, and what it says of it. */
interface SequentialArgs<Batch> {
  readonly test: SequentialTest<Batch>;
  /** The level that the test rejects at. */
  readonly level: number;
  /** What a side did between two observations, by the index of the later one. */
  readonly batch: (index: number, side: Side) => Batch;
  /** How many requests a batch has. */
  readonly requests: (batch: Batch) => number;
  /** How many requests of the canary a step must have seen. */
  readonly minimum: number;
  /** The value that people are shown of all that a side did, with its bounds. */
  readonly estimate: (seen: Batch) => Estimate;
  readonly show: (value: number) => string;
  readonly unit: "ratio" | "seconds";
  readonly what: string;
}

/** The verdict of a test on all observations so far: `fail` at any look, `pass` when the step has seen enough, else `hold`. */
export function sequentialVerdict<Batch>(
  observations: readonly Observation[],
  args: SequentialArgs<Batch>,
  { stepStart }: Pick<Context, "stepStart">,
): Verdict {
  const { test, level, batch, requests, minimum, estimate, show, unit, what } = args;
  let inStep = 0;
  for (const [index, { at }] of observations.entries()) {
    const canary = batch(index, "canary");
    test.add(canary, batch(index, "active"));
    if (at > stepStart) inStep += requests(canary);
  }
  const { pValue } = test;
  const outcome: Outcome = pValue <= level ? "fail" : inStep >= minimum ? "pass" : "hold";
  const { canary, active } = perSide((side) => estimate(test.seen[side]));
  const confidence = `at ${percent(1 - level)} confidence at any look`;
  const range = (each: Estimate): string => `${show(each.value)} (${show(each.low)} to ${show(each.high)})`;
  const compared = `canary ${range(canary)}, active ${range(active)} ${what}`;
  const reasons = {
    fail: `the canary is worse, ${confidence}: ${compared}`,
    pass: `nothing says that the canary is worse, ${confidence}: ${compared}`,
    hold: `${inStep} of ${minimum} requests of the canary seen in this step: ${compared}`,
  };
  const seen = perSide((side) => requests(test.seen[side]));
  return { outcome, evidence: { text: reasons[outcome], canary, active, unit, level, pValue, seen } };
}

export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
