import { type CountsOf, type Observation, type Reading, type Series, type Side, sides } from "../model";

/** What was counted of one side since the observation before, series by series. */
export type Increments = readonly Series[];

/**
 * The increments of a count of each side, observation by observation.
 *
 * Lifetime counts are compared series by series: one that falls was reset and counts anew, one that appears was born
 * since, and one that is away for a while keeps its place. The first observation is where they start from. An
 * observation that the source failed to answer gives nothing, and what it missed is in the next one's.
 */
export function incrementsOf(
  observations: readonly Observation[],
  query: string,
  counts: CountsOf,
): readonly Readonly<Record<Side, Increments>>[] {
  const readers = { canary: reader(counts), active: reader(counts) };
  return observations.map((observation) => {
    const readings = observation.readings[query] ?? {};
    return { canary: readers.canary(readings.canary), active: readers.active(readings.active) };
  });
}

function reader(counts: CountsOf): (reading: Reading | undefined) => Increments {
  const last = new Map<string, number>();
  let begun = counts === "window";
  return (reading) => {
    if (reading === undefined || reading.kind === "failure") return [];
    const baseline = !begun;
    begun = true;
    return (reading.kind === "sample" ? reading.series : []).map(({ labels, value }) => {
      const key = keyOf(labels);
      const before = last.get(key) ?? 0;
      last.set(key, counts === "window" ? Math.max(value, before) : value);
      if (baseline) return { labels, value: 0 };
      const fell = value < before;
      return { labels, value: fell ? (counts === "lifetime" ? value : 0) : value - before };
    });
  };
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([one], [two]) => (one < two ? -1 : 1)));
}

/** The sum of the increments, as a whole number: a source may answer with fractions. */
export function total(increments: Increments): number {
  return Math.round(increments.reduce((sum, { value }) => sum + value, 0));
}

/** The increments of histogram buckets as cumulative counts by upper bound, in rising order, the last one infinite. */
export function histogram(increments: Increments): ReadonlyMap<number, number> {
  const buckets = new Map<number, number>();
  for (const { labels, value } of increments) {
    const bound = Number(labels["le"] === "+Inf" ? Infinity : labels["le"]);
    if (!Number.isNaN(bound)) buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return new Map([...buckets].toSorted(([one], [two]) => one - two));
}

/** A count of both sides, for adding up. */
export function perSide<T>(value: (side: Side) => T): Record<Side, T> {
  return Object.fromEntries(sides.map((side) => [side, value(side)])) as Record<Side, T>;
}
