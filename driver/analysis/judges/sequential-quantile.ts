import { type Estimate, type Side, sides } from "../model";
import { histogram, incrementsOf } from "./counts";
import { canaryShare, EvidenceProcess } from "./evidence-process";
import { type Judge } from "./judge";
import { proportionBounds } from "./proportion";
import { sequentialVerdict } from "./sequential";

/** The default judge for latency: a quantile of the canary's histogram against the active color's, at any look. */
export interface QuantileSpec {
  /** Query of histogram buckets: cumulative counts, with the upper bound in the label `le`, in seconds. */
  readonly buckets: unknown;
  /** Which quantile; 0.95 for p95. */
  readonly quantile: number;
  /** How many times slower the canary may be. Rounded up to the next bound of a bucket. */
  readonly tolerance: number;
  readonly minimumRequests: number;
}

/** Cumulative counts by upper bound. */
type Histogram = ReadonlyMap<number, number>;

/**
 * "The canary's p95 is over the active color's" is said when both of these are, at the level, at any look:
 *
 * 1. More than 5 % of the canary's requests take longer than the bound, a test of one proportion. The bound is the
 *    smallest one of a bucket that 95 % of the active color's requests kept to. A quantile is over x just when its tail
 *    beyond x is too heavy, which is how Howard and Ramdas (2022, "Sequential estimation of quantiles with applications
 *    to A/B testing and best-arm identification", Bernoulli 28) bound quantiles at any look.
 * 2. The canary's requests take longer than that bound more often than the active color's do meanwhile, the test of two
 *    proportions: when a database is slow for both, nothing is the canary's fault.
 *
 * The bound for a batch is chosen from the batches before it, so that it does not depend on what it is used on. Asking
 * for both makes a false alarm rarer than either test alone.
 */
export const quantile: Judge<QuantileSpec> = {
  queries: ({ buckets }) => ({ buckets: { query: buckets, of: sides } }),
  needs: { query: "buckets", of: ["canary"] },
  judge: (observations, spec, context) => {
    const increments = incrementsOf(observations, "buckets", context.counts);
    const args = {
      test: new QuantileTest(spec.quantile, spec.tolerance),
      level: context.level,
      batch: (index: number, side: Side) => histogram(increments[index]?.[side] ?? []),
      requests: count,
      minimum: spec.minimumRequests,
      estimate: (seen: Histogram) => quantileBounds(seen, spec.quantile, context.level),
      show: (seconds: number) =>
        Number.isFinite(seconds) ? `${Number((1000 * seconds).toPrecision(3))} ms` : "no bound",
      unit: "seconds",
      what: `at p${Number((100 * spec.quantile).toPrecision(6))}`,
    } as const;
    return sequentialVerdict(observations, args, context);
  },
};

/** The sequential test of a quantile of two histograms, batch by batch. */
export class QuantileTest {
  private readonly alone = new EvidenceProcess();
  private readonly beside = new EvidenceProcess();
  readonly seen: Record<Side, Histogram> = { canary: new Map(), active: new Map() };

  constructor(
    private readonly quantile: number,
    private readonly tolerance: number,
  ) {}

  add(canary: Histogram, active: Histogram): void {
    const bound = boundOf(this.seen.active, this.quantile);
    const allowed = bound === undefined ? undefined : roundUp(this.seen.active, bound * this.tolerance);
    if (bound !== undefined && allowed !== undefined) {
      const slow = { canary: over(canary, allowed), active: over(active, bound) };
      this.alone.add(slow.canary, count(canary), 1 - this.quantile);
      const share = canaryShare(count(canary), count(active), 1);
      if (count(active) > 0) this.beside.add(slow.canary, slow.canary + slow.active, share);
      // After the flip nobody is beside the canary, and its own tail decides.
      else this.beside.add(slow.canary, count(canary), 1 - this.quantile);
    }
    this.seen.canary = sum(this.seen.canary, canary);
    this.seen.active = sum(this.seen.active, active);
  }

  get pValue(): number {
    return Math.max(this.alone.pValue, this.beside.pValue);
  }
}

/** All requests of a histogram. */
function count(buckets: Histogram): number {
  return Math.round(Math.max(0, ...buckets.values()));
}

function over(buckets: Histogram, bound: number): number {
  return Math.max(0, count(buckets) - Math.round(buckets.get(bound) ?? 0));
}

/** The smallest finite bound that a share of `q` of the requests keeps to; undefined where there is none. */
function boundOf(buckets: Histogram, q: number): number | undefined {
  const all = count(buckets);
  if (all === 0) return undefined;
  return [...buckets].find(([bound, within]) => Number.isFinite(bound) && within >= q * all)?.[0];
}

function roundUp(buckets: Histogram, bound: number): number | undefined {
  return [...buckets.keys()].find((each) => Number.isFinite(each) && each >= bound);
}

function sum(one: Histogram, two: Histogram): Histogram {
  const bounds = [...new Set([...one.keys(), ...two.keys()])].toSorted((a, b) => a - b);
  return new Map(bounds.map((bound) => [bound, (one.get(bound) ?? 0) + (two.get(bound) ?? 0)]));
}

/**
 * A quantile of a histogram: interpolated within its bucket, as PromQL's `histogram_quantile` does, and between bounds of
 * buckets at the level, at any look.
 */
export function quantileBounds(buckets: Histogram, q: number, level: number): Estimate {
  const all = count(buckets);
  if (all === 0) return { value: 0, low: 0, high: Infinity };
  const rows = [...buckets].map(([bound, within]) => ({
    bound,
    within,
    shares: proportionBounds(Math.min(all, Math.round(within)), all, level),
  }));
  const low = rows.findLast(({ shares }) => shares.high < q)?.bound ?? 0;
  const high = rows.find(({ shares }) => shares.low > q)?.bound ?? Infinity;
  return { value: interpolated(buckets, q * all), low, high };
}

function interpolated(buckets: Histogram, rank: number): number {
  let [below, before] = [0, 0];
  for (const [bound, within] of buckets) {
    if (within >= rank && within > before) {
      return Number.isFinite(bound) ? below + ((bound - below) * (rank - before)) / (within - before) : below;
    }
    [below, before] = [Number.isFinite(bound) ? bound : below, within];
  }
  return below;
}
