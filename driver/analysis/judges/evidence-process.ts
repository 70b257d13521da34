/**
 * An always-valid test of "of these trials, no more than this share are hits", that may be looked at after every batch.
 *
 * The mixture sequential probability ratio test of Robbins (1970), as Johari, Koomen, Pekelis and Walsh (2022, "Always
 * valid inference", Operations Research 70) brought it to A/B tests. For an odds ratio r > 1, the likelihood ratio of a
 * batch with h hits among t trials at share s is
 *
 *     L(r) = r^h / (1 − s + s r)^t
 *
 * and its mean is at most 1 whenever the hits are a binomial of t trials at a share of at most s. Products of such
 * factors, and averages of those products, are then nonnegative supermartingales that begin at 1, whatever the batches'
 * sizes and shares, as long as those are known before the hits. By Ville's inequality one ever reaches 1/level with a
 * probability of at most `level`: at any look, over all looks together (Howard, Ramdas, McAuliffe, Sekhon 2021,
 * "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49).
 */

/** Odds ratios that are looked for, from slightly worse to broken; each has the same part of the evidence. */
export const oddsRatios: readonly number[] = Array.from({ length: 12 }, (_, index) => 1.25 * 1.6 ** index);

const logOddsRatios = oddsRatios.map(Math.log);

/** The logarithms of the likelihood ratios so far, one for each of `oddsRatios`. */
export class EvidenceProcess {
  private readonly logs = new Float64Array(oddsRatios.length);
  private largest = 0;

  /**
   * Takes a batch: `hits` among `trials`, of which a share of at most `share` is expected when nothing is wrong.
   *
   * `share` is between 0 and 1 and must not depend on this batch's hits. At 0 or 1 a batch says nothing.
   */
  add(hits: number, trials: number, share: number): void {
    if (trials === 0 || share <= 0 || share >= 1) return;
    for (let index = 0; index < oddsRatios.length; index += 1) {
      const ratio = oddsRatios[index] ?? 1;
      const log = this.logs[index] ?? 0;
      this.logs[index] = log + hits * (logOddsRatios[index] ?? 0) - trials * Math.log1p(share * (ratio - 1));
    }
    this.largest = Math.max(this.largest, this.logEvidence);
  }

  /** The logarithm of the average likelihood ratio now. */
  get logEvidence(): number {
    const top = Math.max(...this.logs);
    let sum = 0;
    for (const log of this.logs) sum += Math.exp(log - top);
    return top + Math.log(sum / this.logs.length);
  }

  /** The smallest level at which the test has rejected at this look or an earlier one. */
  get pValue(): number {
    return Math.exp(-this.largest);
  }
}

/**
 * The share of hits that belongs to the canary when its odds of one are `tolerance` times those of the active color.
 *
 * Of `canary + active` requests with e bad ones in all, the canary's bad ones follow Fisher's noncentral hypergeometric
 * distribution: the error rate itself, known to nobody and changing with the hour, is gone (Lindon and Malek 2022,
 * "Anytime-valid inference for multinomial count data", NeurIPS 35, do the same with counts of Poisson processes). That
 * distribution is one of a sum of at most e independent indicators (its generating function has real roots only), and
 * each canary request is bad with at most `tolerance` times the odds of an active one (conditional Bernoulli sampling;
 * Chen, Dempster, Liu 1994), so that its mean is at most e times this share. Both together make a binomial of e trials
 * at this share an upper bound for the mean of r^h for every r ≥ 1, which is all that `EvidenceProcess` asks for. For
 * `tolerance` 1 the bound is Hoeffding's (1963, theorem 4).
 */
export function canaryShare(canary: number, active: number, tolerance: number): number {
  return canary === 0 ? 0 : (tolerance * canary) / (tolerance * canary + active);
}
