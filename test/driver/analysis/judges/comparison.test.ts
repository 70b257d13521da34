import assert from "node:assert/strict";
import fc from "fast-check";
import { comparison, type ComparisonSpec } from "../../../../driver/analysis/judges/comparison";
import { mannWhitney, upperQuantile, upperTail } from "../../../../driver/analysis/judges/mann-whitney";
import { type Observation, type Reading } from "../../../../driver/analysis/model";
import { seeded } from "../../../../bench/analysis/random";

const spec: ComparisonSpec = { query: "", direction: "either", confidence: 0.98, fraction: 0.25, minimumSamples: 20 };
const context = { level: 0.01, counts: "window", began: 0, stepStart: 0 } as const;

function outcome(canary: readonly number[], active: readonly number[], changed: Partial<ComparisonSpec> = {}): string {
  const reading = (value: number | undefined): Reading => ({
    kind: "sample",
    series: [{ labels: {}, value: value ?? NaN }],
  });
  const observations = canary.map((value, index): Observation => {
    return { at: index + 1, readings: { value: { canary: reading(value), active: reading(active[index]) } } };
  });
  return comparison.judge(observations, { ...spec, ...changed }, context).outcome;
}

const noise = (count: number, seed: number, shift = 0): number[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, () => 10 + shift + random());
};

describe("Mann-Whitney", () => {
  it("has the tails of the normal distribution", () => {
    for (const [z, tail] of [
      [0, 0.5],
      [1.959964, 0.025],
      [2.326348, 0.01],
      [-1.281552, 0.9],
    ] as const) {
      assert.ok(Math.abs(upperTail(z) - tail) < 1e-6);
      assert.ok(Math.abs(upperQuantile(tail) - z) < 1e-5);
    }
  });

  it("gives the numbers of a worked example", () => {
    // Hollander and Wolfe, table 4.1: permeability constants at term and at 12 to 26 weeks; the estimate there is 0.305.
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const shift = mannWhitney(term, early, upperQuantile(0.025));
    assert.equal(Number(shift.estimate.toFixed(3)), 0.305);
    // wilcox.test(term, early, exact = FALSE) of R gives 0.2446.
    assert.equal(Number(shift.pValue.toFixed(3)), 0.245);
    assert.ok(shift.low < 0 && shift.high > shift.estimate);
  });

  it("moves its interval with the samples", () => {
    const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 10, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (one, two) => {
        const there = mannWhitney(one, two, 2.326);
        const back = mannWhitney(two, one, 2.326);
        assert.ok(there.low <= there.estimate && there.estimate <= there.high);
        assert.ok(Math.abs(there.estimate + back.estimate) < 1e-9 && Math.abs(there.low + back.high) < 1e-9);
        assert.equal(there.pValue, back.pValue);
      }),
    );
  });
});

describe("comparison judge", () => {
  it("holds until it has enough pairs", () => {
    assert.equal(outcome(noise(19, 1), noise(19, 2)), "hold");
    assert.equal(outcome(noise(20, 1), noise(20, 2)), "pass");
  });

  it("fails a shift in the bad direction only", () => {
    const [low, high] = [noise(30, 1), noise(30, 2, 3)];
    assert.equal(outcome(high, low), "fail");
    assert.equal(outcome(low, high), "fail");
    assert.equal(outcome(low, high, { direction: "increase" }), "pass");
    assert.equal(outcome(high, low, { direction: "increase" }), "fail");
  });

  it("passes equal values", () => {
    assert.equal(outcome(Array<number>(25).fill(1), Array<number>(25).fill(1)), "pass");
  });
});
