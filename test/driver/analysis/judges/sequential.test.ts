import assert from "node:assert/strict";
import fc from "fast-check";
import { canaryShare, EvidenceProcess, oddsRatios } from "../../../../driver/analysis/judges/evidence-process";
import { logGamma, proportionBounds } from "../../../../driver/analysis/judges/proportion";
import { proportion, ProportionTest } from "../../../../driver/analysis/judges/sequential-proportion";
import { quantile, QuantileTest, quantileBounds } from "../../../../driver/analysis/judges/sequential-quantile";
import { type Observation, type Reading } from "../../../../driver/analysis/model";

const reading = (value: number): Reading => ({ kind: "sample", series: [{ labels: { pod: "a" }, value }] });
const none: Reading = { kind: "no-data", why: "no series" };
const context = { level: 0.01, counts: "lifetime", began: 0, stepStart: 0 } as const;
const spec = { total: "", bad: "", tolerance: 1, minimumRequests: 100 };

/** Lifetime counts at one time: requests and bad ones of the canary, then of the active color. */
function counted(at: number, canary: [number, number], active: [number, number]): Observation {
  const bad = (count: number): Reading => (count === 0 ? none : reading(count));
  return {
    at,
    readings: {
      total: { canary: reading(canary[0]), active: reading(active[0]) },
      bad: { canary: bad(canary[1]), active: bad(active[1]) },
    },
  };
}

describe("evidence process", () => {
  it("has a mean of at most 1 when the hits are a binomial at the share", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (trials, share) => {
          let mean = 0;
          for (let hits = 0; hits <= trials; hits += 1) {
            const process = new EvidenceProcess();
            process.add(hits, trials, share);
            mean += binomial(hits, trials, share) * Math.exp(process.logEvidence);
          }
          assert.ok(Math.abs(mean - 1) < 1e-9, String(mean));
        },
      ),
    );
  });

  it("has a mean of at most 1 for Fisher's noncentral hypergeometric of any odds up to the tolerance", () => {
    const counts = fc.integer({ min: 1, max: 25 });
    fc.assert(
      fc.property(
        counts,
        counts,
        fc.nat(20),
        fc.double({ min: 1, max: 5, noNaN: true }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        (canary, active, errors, tolerance, part) => {
          fc.pre(errors <= canary + active);
          const share = canaryShare(canary, active, tolerance);
          const weights = noncentral(canary, active, errors, tolerance * part);
          for (const ratio of oddsRatios) {
            const mean = weights.reduce(
              (sum, weight, hits) => sum + (weight * ratio ** hits) / (1 - share + share * ratio) ** errors,
              0,
            );
            assert.ok(mean <= 1 + 1e-9, `${mean} for odds ratio ${ratio}`);
          }
        },
      ),
    );
  });

  it("keeps what it has shown, though later batches speak against it", () => {
    const process = new EvidenceProcess();
    process.add(10, 10, 0.1);
    const shown = process.pValue;
    process.add(0, 1000, 0.1);
    assert.equal(process.pValue, shown);
    assert.ok(shown < 1e-4);
  });
});

describe("bounds of a proportion", () => {
  it("agree with the gamma function where that is known", () => {
    assert.ok(Math.abs(logGamma(0.5) - Math.log(Math.sqrt(Math.PI))) < 1e-12);
    assert.ok(Math.abs(logGamma(11) - Math.log(3_628_800)) < 1e-12);
  });

  it("hold the measured value, and grow narrower", () => {
    const few = proportionBounds(5, 100, 0.01);
    const many = proportionBounds(500, 10_000, 0.01);
    assert.ok(few.low < 0.05 && few.high > 0.05);
    assert.ok(many.high - many.low < (few.high - few.low) / 5);
    assert.deepEqual(proportionBounds(0, 0, 0.01), { value: 0, low: 0, high: 1 });
    assert.equal(proportionBounds(0, 50, 0.01).low, 0);
  });
});

describe("sequential judge of proportions", () => {
  it("fails a canary with many more bad requests, with numbers and bounds", () => {
    const observations = [counted(0, [0, 0], [1000, 10]), counted(1, [200, 20], [2800, 20])];
    const { outcome, evidence } = proportion.judge(observations, spec, context);
    assert.equal(outcome, "fail");
    assert.equal(evidence.canary?.value, 0.1);
    assert.ok((evidence.pValue ?? 1) < 1e-6);
    assert.deepEqual(evidence.seen, { canary: 200, active: 1800 });
    assert.match(
      evidence.text,
      /^the canary is worse, at 99.1 % confidence at any look: canary 10 % \(3.75 % to 20.2 %\), active 0.556 % /,
    );
  });

  it("holds until a step has seen enough requests, then passes a canary that is no worse", () => {
    const first = counted(1, [0, 0], [1000, 10]);
    const second = counted(2, [60, 1], [2000, 20]);
    assert.equal(proportion.judge([first, second], spec, context).outcome, "hold");
    const third = counted(3, [140, 1], [3000, 30]);
    assert.equal(proportion.judge([first, second, third], spec, context).outcome, "pass");
    assert.equal(proportion.judge([first, second, third], spec, { ...context, stepStart: 2 }).outcome, "hold");
  });

  it("does not blame the canary for an outage of both colors", () => {
    const test = new ProportionTest(1, 0.01);
    test.add({ total: 1000, bad: 1 }, { total: 9000, bad: 9 });
    for (let minute = 0; minute < 10; minute += 1) test.add({ total: 1000, bad: 500 }, { total: 9000, bad: 4500 });
    assert.equal(test.rejects, false);
  });

  it("lets pass what the tolerance allows", () => {
    const judged = (tolerance: number): boolean => {
      const test = new ProportionTest(tolerance, 0.01);
      for (let look = 0; look < 100; look += 1) test.add({ total: 1000, bad: 15 }, { total: 1000, bad: 10 });
      return test.rejects;
    };
    assert.deepEqual([judged(1), judged(2)], [true, false]);
  });

  it("holds a canary that has all the requests to what the active color had before", () => {
    const after = (bad: number): boolean => {
      const test = new ProportionTest(1, 0.01);
      test.add({ total: 1000, bad: 10 }, { total: 9000, bad: 90 });
      for (let look = 0; look < 20; look += 1) test.add({ total: 1000, bad }, { total: 0, bad: 0 });
      return test.rejects;
    };
    assert.deepEqual([after(10), after(50)], [false, true]);
  });
});

describe("sequential judge of a quantile", () => {
  const bounds = [0.1, 0.3, 1.2];
  const spec = { buckets: "", quantile: 0.95, tolerance: 1, minimumRequests: 100 };

  /** Cumulative buckets of requests, `slow` of which took between 0.3 and 1.2 s. */
  const buckets = (requests: number, slow: number): ReadonlyMap<number, number> =>
    new Map([...bounds, Infinity].map((bound) => [bound, bound > 0.3 ? requests : requests - slow]));

  it("fails a canary whose slow requests are more than the quantile lets be", () => {
    const test = new QuantileTest(0.95, 1);
    test.add(buckets(0, 0), buckets(1000, 10));
    for (let look = 0; look < 5; look += 1) test.add(buckets(100, 20), buckets(900, 9));
    assert.ok(test.pValue < 0.01);
  });

  it("does not fail a canary with a heavier tail beyond the quantile", () => {
    const test = new QuantileTest(0.95, 1);
    test.add(buckets(0, 0), buckets(1000, 1));
    for (let look = 0; look < 50; look += 1) test.add(buckets(100, 3), buckets(900, 1));
    assert.ok(test.pValue > 0.01);
  });

  it("does not blame the canary for a database that is slow for both", () => {
    const test = new QuantileTest(0.95, 1);
    test.add(buckets(0, 0), buckets(1000, 1));
    for (let look = 0; look < 50; look += 1) test.add(buckets(100, 30), buckets(900, 270));
    assert.ok(test.pValue > 0.01);
  });

  it("reads cumulative buckets by their bounds, and says where the quantiles are", () => {
    const at = (time: number, canary: [number, number], active: [number, number]): Observation => {
      const series = ([requests, slow]: [number, number]): Reading => ({
        kind: "sample",
        series: [...buckets(requests, slow)].map(([bound, value]) => ({
          labels: { le: bound === Infinity ? "+Inf" : String(bound) },
          value,
        })),
      });
      return { at: time, readings: { buckets: { canary: series(canary), active: series(active) } } };
    };
    const observations = [at(0, [0, 0], [0, 0]), at(1, [10, 0], [900, 9]), at(2, [510, 100], [9900, 99])];
    const { outcome, evidence } = quantile.judge(observations, spec, context);
    assert.equal(outcome, "fail");
    assert.deepEqual(evidence.canary && [evidence.canary.low, evidence.canary.high], [0.3, 1.2]);
    assert.ok(evidence.active !== undefined && evidence.active.high <= 0.1);
    assert.match(evidence.text, /at p95$/);
  });

  it("interpolates within a bucket as PromQL does", () => {
    const histogram = new Map([
      [0.1, 50],
      [0.3, 100],
      [Infinity, 100],
    ]);
    assert.equal(Number(quantileBounds(histogram, 0.75, 0.01).value.toFixed(6)), 0.2);
    assert.deepEqual(quantileBounds(new Map(), 0.95, 0.01), { value: 0, low: 0, high: Infinity });
  });
});

function binomial(hits: number, trials: number, share: number): number {
  const choose = logGamma(trials + 1) - logGamma(hits + 1) - logGamma(trials - hits + 1);
  return Math.exp(choose + hits * Math.log(share) + (trials - hits) * Math.log1p(-share));
}

/** The probability of each number of the canary's errors, given all errors. */
function noncentral(canary: number, active: number, errors: number, odds: number): number[] {
  const choose = (n: number, k: number): number =>
    k < 0 || k > n ? 0 : Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1));
  const weights = Array.from(
    { length: errors + 1 },
    (_, hits) => choose(canary, hits) * choose(active, errors - hits) * odds ** hits,
  );
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / all);
}
