/** The Mann-Whitney U test, with the shift between two samples and its interval. */
export interface Shift {
  /** Hodges and Lehmann's estimate: the median of all differences, first minus second. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, for no shift. */
  readonly pValue: number;
}

/**
 * How far `one` lies above `two`.
 *
 * By the normal approximation (Hollander, Wolfe, Chicken, "Nonparametric Statistical Methods", sections 4.1 to 4.3):
 * the interval's ends are order statistics of the differences. Wants ten values or more of each.
 *
 * @param z quantile of the normal distribution for the interval: 2.326 for 98 %
 */
export function mannWhitney(one: readonly number[], two: readonly number[], z: number): Shift {
  const pairs = one.length * two.length;
  const differences = new Float64Array(pairs);
  let [at, above, equal] = [0, 0, 0];
  for (const first of one) {
    for (const second of two) {
      differences[at] = first - second;
      if (first > second) above += 1;
      else if (first === second) equal += 1;
      at += 1;
    }
  }
  differences.sort();
  const deviation = Math.sqrt((pairs * (one.length + two.length + 1)) / 12);
  const cut = Math.min(pairs, Math.max(1, Math.floor(pairs / 2 - z * deviation)));
  const pick = (rank: number): number => differences[rank - 1] ?? NaN;
  const off = Math.max(0, Math.abs(above + equal / 2 - pairs / 2) - 0.5);
  const spread = Math.sqrt(tiedVariance(one, two));
  return {
    estimate: (pick(Math.ceil(pairs / 2)) + pick(Math.floor(pairs / 2) + 1)) / 2,
    low: pick(cut),
    high: pick(pairs + 1 - cut),
    pValue: spread === 0 ? 1 : 2 * upperTail(off / spread),
  };
}

function tiedVariance(one: readonly number[], two: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of [...one, ...two]) counts.set(value, (counts.get(value) ?? 0) + 1);
  const all = one.length + two.length;
  const ties = [...counts.values()].reduce((sum, tied) => sum + (tied ** 3 - tied), 0);
  return all < 2 ? 0 : ((one.length * two.length) / 12) * (all + 1 - ties / (all * (all - 1)));
}

/** P(Z > z) of a standard normal Z, with an error below 1e-7: https://dlmf.nist.gov/7.25, Abramowitz and Stegun 26.2.17 */
export function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153];
  const polynomial = series.reduce((sum, coefficient) => (sum + coefficient) * t, 0);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/** The z with `upperTail(z)` equal to `tail`, by bisection. */
export function upperQuantile(tail: number): number {
  let [low, high] = [-10, 10];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
