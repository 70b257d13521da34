/** An interval of proportions, each from 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The two-sided 99 % quantile of the standard normal distribution. */
const z99 = 2.5758293035489004;

/**
 * The 99 % score interval of a proportion, which unlike the textbook one stays inside 0 to 1 and keeps its level near
 * them (E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927).
 *
 * @param hits how often it happened, of `trials`; 0 to 1 when there were none.
 */
export function wilson99(hits: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const share = hits / trials;
  const square = z99 ** 2;
  const center = (share + square / (2 * trials)) / (1 + square / trials);
  const spread = (z99 * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials ** 2))) / (1 + square / trials);
  // At the ends the formula gives the end itself, but for the rounding of floating point.
  return {
    low: hits === 0 ? 0 : Math.max(0, center - spread),
    high: hits === trials ? 1 : Math.min(1, center + spread),
  };
}

export function contains(interval: Interval, share: number): boolean {
  return share >= interval.low && share <= interval.high;
}
