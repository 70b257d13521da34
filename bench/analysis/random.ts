import { logGamma } from "../../driver/analysis/judges/proportion";

/** A seeded generator of numbers from 0 to 1, as good as a test needs: mulberry32, in the public domain. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Draws from one binomial distribution, exactly: by inversion of its cumulative probabilities, which are kept where they
 * are neither 0 nor 1 to a double.
 */
export class Binomial {
  private readonly low: number;
  private readonly cumulative: Float64Array;

  constructor(trials: number, share: number) {
    const mean = trials * share;
    const reach = 12 * Math.sqrt(mean * (1 - share)) + 12;
    this.low = Math.max(0, Math.floor(mean - reach));
    const high = Math.min(trials, Math.ceil(mean + reach));
    this.cumulative = new Float64Array(high - this.low + 1);
    let sum = 0;
    for (let hits = this.low; hits <= high; hits += 1) {
      sum += Math.exp(logProbability(hits, trials, share));
      this.cumulative[hits - this.low] = sum;
    }
  }

  /** The value whose cumulative probability is the first of at least `uniform`, which is from 0 to 1. */
  at(uniform: number): number {
    let [first, last] = [0, this.cumulative.length - 1];
    while (first < last) {
      const middle = (first + last) >> 1;
      if ((this.cumulative[middle] ?? 1) < uniform) first = middle + 1;
      else last = middle;
    }
    return this.low + first;
  }
}

function logProbability(hits: number, trials: number, share: number): number {
  if (share === 0 || share === 1) return hits === trials * share ? 0 : -Infinity;
  const choose = logGamma(trials + 1) - logGamma(hits + 1) - logGamma(trials - hits + 1);
  return choose + hits * Math.log(share) + (trials - hits) * Math.log1p(-share);
}
