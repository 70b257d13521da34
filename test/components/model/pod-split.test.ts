import assert from "node:assert/strict";
import fc from "fast-check";
import { controllersPods, podsForWeight, splitPods, weightOfPods } from "../../../components/model/pod-split";

const size = fc.integer({ min: 1, max: 30 });
const anyCase = fc.record({ active: size, idle: size, least: fc.integer({ min: 1, max: 3 }) });
const between = fc.integer({ min: 1, max: 99 });

/** How far a ratio is from a weight, as a fraction that has no rounding: its numerator and its denominator. */
function error({ active, idle }: { active: number; idle: number }, weight: number): readonly [number, number] {
  return [Math.abs(100 * idle - weight * (active + idle)), active + idle];
}

describe("the ratio of pods that Argo Rollouts chooses", () => {
  const cases: [replicas: number, weight: number, active: number, idle: number][] = [
    [1, 1, 1, 1],
    [1, 100, 0, 1],
    [2, 0, 2, 0],
    [2, 1, 2, 1],
    [2, 50, 1, 1],
    [2, 99, 1, 2],
    [3, 25, 3, 1],
    [3, 34, 2, 1],
    [3, 49, 2, 2],
    [4, 20, 4, 1],
    [10, 18, 9, 2],
    [10, 23, 8, 2],
    [10, 25, 8, 3],
    [10, 99, 1, 10],
  ];
  for (const [replicas, weight, active, idle] of cases) {
    it(`is ${active} to ${idle} for ${weight} % with ${replicas} replicas`, () => {
      assert.deepEqual(controllersPods({ active: 1, idle: replicas }, weight), { active, idle });
    });
  }
});

describe("the ratio of pods", () => {
  const tenth: [weight: number, active: number, idle: number, given: number][] = [
    [0, 10, 0, 0],
    [1, 10, 1, 9.1],
    [5, 10, 1, 9.1],
    [10, 9, 1, 10],
    [20, 8, 2, 20],
    [33, 8, 4, 33.3],
    [50, 5, 5, 50],
    [95, 1, 10, 90.9],
    [100, 0, 10, 100],
  ];
  for (const [weight, active, idle, given] of tenth) {
    it(`gives ${weight} % by ${active} and ${idle} pods where ten carry everything`, () => {
      assert.deepEqual(splitPods({ active: 10, idle: 10 }, weight), { active, idle });
      assert.equal(weightOfPods({ active, idle }), given);
    });
  }

  it("is that of one pod each where one carries everything", () => {
    assert.deepEqual(splitPods({ active: 1, idle: 1 }, 5), { active: 1, idle: 1 });
  });

  it("is the nearest of all that never have fewer pods than carry everything, nor more of a color", () => {
    fc.assert(
      fc.property(anyCase, between, ({ active, idle, least }, weight) => {
        const found = splitPods({ active, idle }, weight, least);
        const most = Math.max(active, idle, least);
        const allowed = (one: number, other: number): boolean =>
          one >= least && other >= least && one <= most && other <= most && one + other >= most;
        assert.ok(allowed(found.active, found.idle), JSON.stringify(found));
        const [off, of] = error(found, weight);
        for (let one = least; one <= most; one += 1) {
          for (let other = least; other <= most; other += 1) {
            if (!allowed(one, other)) continue;
            const [elsewhere, total] = error({ active: one, idle: other }, weight);
            assert.ok(off * total <= elsewhere * of, `${one} and ${other} are nearer`);
            if (off * total === elsewhere * of) assert.ok(found.active + found.idle <= total, "with fewer pods");
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("gives a higher weight no smaller share", () => {
    fc.assert(
      fc.property(anyCase, between, between, ({ active, idle, least }, one, other) => {
        const given = (weight: number): number => weightOfPods(splitPods({ active, idle }, weight, least));
        assert.ok(given(Math.min(one, other)) <= given(Math.max(one, other)));
      }),
    );
  });

  it("is exact where the pods are as many as a warning names", () => {
    fc.assert(
      fc.property(between, (weight) => {
        const full = podsForWeight(weight);
        assert.equal(weightOfPods(splitPods({ active: full, idle: full }, weight)), weight);
      }),
    );
  });
});
