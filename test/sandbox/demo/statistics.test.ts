import assert from "node:assert/strict";
import fc from "fast-check";
import { contains, wilson99 } from "../../../sandbox/demo/statistics";

/** Counts of hits among trials. */
const counts = fc
  .integer({ min: 1, max: 100_000 })
  .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));

describe("the 99 % interval of a proportion", () => {
  it("has ends at which the score test's statistic is the quantile: the definition it inverts", () => {
    fc.assert(
      fc.property(counts, ([hits, trials]) => {
        const share = hits / trials;
        const { low, high } = wilson99(hits, trials);
        for (const end of [low, high]) {
          if (end === 0 || end === 1) continue;
          const statistic = Math.abs(share - end) / Math.sqrt((end * (1 - end)) / trials);
          assert.ok(Math.abs(statistic - 2.5758293) < 1e-4, `${statistic}`);
        }
      }),
    );
  });

  it("holds the share it was drawn from at least 98 times of 100, for the shares of the demo", () => {
    // Exact coverage over the binomial distribution, 1,000 trials each, as Brown, Cai and DasGupta (2001) compute it.
    for (const share of [0.05, 0.2, 0.5]) {
      let coverage = 0;
      let logChoose = 0;
      for (let hits = 0; hits <= 1_000; hits += 1) {
        if (hits > 0) logChoose += Math.log((1_000 - hits + 1) / hits);
        const density = Math.exp(logChoose + hits * Math.log(share) + (1_000 - hits) * Math.log(1 - share));
        if (contains(wilson99(hits, 1_000), share)) coverage += density;
      }
      assert.ok(coverage > 0.98 && coverage < 0.998, `${share}: ${coverage}`);
    }
  });

  it("ends exactly at 0 and 1", () => {
    assert.equal(wilson99(0, 1_000).low, 0);
    assert.equal(wilson99(1_000, 1_000).high, 1);
  });
});
