import { type Estimate, type Observation, type Outcome, sides, type Verdict } from "../model";
import { perSide, incrementsOf, total } from "./counts";
import { canaryShare, EvidenceProcess } from "./evidence-process";
import { type Context, type Judge } from "./judge";
import { proportionBounds } from "./proportion";

/** The part of a level that goes into the bound that stands in for an active color without requests. */
const boundPart = 0.1;

/** The default judge: the canary's share of bad requests against the active color's, at any look. */
export interface ProportionSpec {
  /** Query of how many requests there were. */
  readonly total: unknown;
  /** Query of how many of them were bad. */
  readonly bad: unknown;
  /** How many times the active color's odds of a bad request the canary may have. */
  readonly tolerance: number;
  /** Requests of the canary that a step must have seen before it passes. */
  readonly minimumRequests: number;
}

export const proportion: Judge<ProportionSpec> = {
  queries: ({ total: all, bad }) => ({ total: { query: all, of: sides }, bad: { query: bad, of: sides } }),
  needs: { query: "total", of: ["canary"] },
  judge: (observations, spec, context) => {
    const batches = batchesOf(observations, context);
    const test = new ProportionTest(spec.tolerance, context.level);
    for (const batch of batches) test.add(batch.canary, batch.active);
    const inStep = batches
      .filter(({ at }) => at > context.stepStart)
      .reduce((sum, { canary }) => sum + canary.total, 0);
    return sequentialVerdict({
      pValue: test.pValue,
      level: test.testLevel,
      seen: perSide((side) => test.seen[side].total),
      inStep,
      minimum: spec.minimumRequests,
      what: "of requests are bad",
      unit: "ratio",
      ...perSide((side) => proportionBounds(test.seen[side].bad, test.seen[side].total, context.level)),
      show: percent,
    });
  },
};

/** Requests of one side, and how many of them were bad. */
export interface Tally {
  readonly total: number;
  readonly bad: number;
}

interface Batch {
  readonly at: number;
  readonly canary: Tally;
  readonly active: Tally;
}

function batchesOf(observations: readonly Observation[], context: Context): Batch[] {
  const totals = incrementsOf(observations, "total", context.counts);
  const bads = incrementsOf(observations, "bad", context.counts);
  return observations.map(({ at }, index) => ({
    at,
    ...perSide((side) => {
      const all = total(totals[index]?.[side] ?? []);
      // The two are asked one after the other: a request that ended in between is in one of them only.
      return { total: all, bad: Math.min(all, total(bads[index]?.[side] ?? [])) };
    }),
  }));
}

/** The sequential test of two proportions, batch by batch. */
export class ProportionTest {
  private readonly evidence = new EvidenceProcess();
  readonly seen = { canary: { total: 0, bad: 0 }, active: { total: 0, bad: 0 } };
  /** The level that the test itself rejects at. */
  readonly testLevel: number;

  constructor(
    private readonly tolerance: number,
    private readonly level: number,
  ) {
    this.testLevel = level * (1 - boundPart);
  }

  add(canary: Tally, active: Tally): void {
    if (active.total > 0) {
      const share = canaryShare(canary.total, active.total, this.tolerance);
      this.evidence.add(canary.bad, canary.bad + active.bad, share);
    } else if (this.seen.active.total > 0 && canary.total > 0) {
      // After the flip nobody is beside the canary: it is held to the most that the active color can have had.
      const { high } = proportionBounds(this.seen.active.bad, this.seen.active.total, this.level * boundPart);
      this.evidence.add(canary.bad, canary.total, oddsTimes(high, this.tolerance));
    }
    for (const side of ["canary", "active"] as const) {
      const batch = side === "canary" ? canary : active;
      this.seen[side].total += batch.total;
      this.seen[side].bad += batch.bad;
    }
  }

  get pValue(): number {
    return this.evidence.pValue;
  }

  /** True when the canary is worse, at a level that holds over all looks together. */
  get rejects(): boolean {
    return this.pValue <= this.testLevel;
  }
}

function oddsTimes(share: number, factor: number): number {
  return (factor * share) / (1 - share + factor * share);
}

/** What a sequential judge has found out. */
export interface Findings {
  readonly pValue: number;
  readonly level: number;
  readonly seen: Readonly<Record<"canary" | "active", number>>;
  /** Requests of the canary in this step, and how many a step must see. */
  readonly inStep: number;
  readonly minimum: number;
  readonly what: string;
  readonly unit: "ratio" | "seconds";
  readonly canary: Estimate;
  readonly active: Estimate;
  readonly show: (value: number) => string;
}

/** The verdict on the findings: `fail` at any look, `pass` when the step has seen enough, else `hold`. */
export function sequentialVerdict(findings: Findings): Verdict {
  const { pValue, level, seen, inStep, minimum, what, unit, canary, active, show } = findings;
  const outcome: Outcome = pValue <= level ? "fail" : inStep >= minimum ? "pass" : "hold";
  const confidence = `at ${percent(1 - level)} confidence at any look`;
  const range = (each: Estimate): string => `${show(each.value)} (${show(each.low)} to ${show(each.high)})`;
  const compared = `canary ${range(canary)}, active ${range(active)} ${what}`;
  const reasons = {
    fail: `the canary is worse, ${confidence}: ${compared}`,
    pass: `nothing says that the canary is worse, ${confidence}: ${compared}`,
    hold: `${inStep} of ${minimum} requests of the canary seen in this step: ${compared}`,
  };
  return { outcome, evidence: { text: reasons[outcome], canary, active, unit, level, pValue, seen } };
}

export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
