import { type Observation, type Side, sides } from "../model";
import { incrementsOf, total } from "./counts";
import { canaryShare, EvidenceProcess } from "./evidence-process";
import { type Context, type Judge } from "./judge";
import { proportionBounds } from "./proportion";
import { percent, sequentialVerdict } from "./sequential";

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
    const test = new ProportionTest(spec.tolerance, context.level);
    const args = {
      test,
      level: test.testLevel,
      batch: talliesOf(observations, context),
      requests: (tally: Tally) => tally.total,
      minimum: spec.minimumRequests,
      estimate: (tally: Tally) => proportionBounds(tally.bad, tally.total, context.level),
      show: percent,
      unit: "ratio",
      what: "of requests are bad",
    } as const;
    return sequentialVerdict(observations, args, context);
  },
};

/** Requests of one side, and how many of them were bad. */
export interface Tally {
  readonly total: number;
  readonly bad: number;
}

function talliesOf(observations: readonly Observation[], { counts }: Context): (index: number, side: Side) => Tally {
  const totals = incrementsOf(observations, "total", counts);
  const bads = incrementsOf(observations, "bad", counts);
  return (index, side) => {
    const all = total(totals[index]?.[side] ?? []);
    // The two are asked one after the other: a request that ended in between is in one of them only.
    return { total: all, bad: Math.min(all, total(bads[index]?.[side] ?? [])) };
  };
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
