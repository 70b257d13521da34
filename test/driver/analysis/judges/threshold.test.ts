import assert from "node:assert/strict";
import { parseCondition } from "../../../../driver/analysis/judges/condition";
import { threshold, type ThresholdSpec } from "../../../../driver/analysis/judges/threshold";
import { type Observation } from "../../../../driver/analysis/model";

const observed = (...values: number[]): Observation[] =>
  values.map((value, index) => ({
    at: index + 1,
    readings: { result: { canary: { kind: "sample", series: [{ labels: {}, value }] } } },
  }));

function outcome(values: readonly number[], spec: Partial<ThresholdSpec>, stepStart = 0): string {
  const defaults = { query: "", count: 1, failureLimit: 0, inconclusiveLimit: 0 };
  const context = { level: 0.01, counts: "window", began: 0, stepStart } as const;
  return threshold.judge(observed(...values), { ...defaults, ...spec }, context).outcome;
}

const success = { successCondition: parseCondition("result >= 0.95") };
const failure = { failureCondition: parseCondition("result < 0.9") };

describe("threshold judge", () => {
  it("takes what is no success for a failure, and what is no failure for a success, where there is one condition", () => {
    assert.equal(outcome([0.94], success), "fail");
    assert.equal(outcome([0.95], success), "pass");
    assert.equal(outcome([0.89], failure), "fail");
    assert.equal(outcome([0.91], failure), "pass");
  });

  it("is inconclusive about what is neither, beyond its limit", () => {
    assert.equal(outcome([0.92], { ...success, ...failure }), "inconclusive");
    assert.equal(outcome([0.92, 0.99], { ...success, ...failure, inconclusiveLimit: 1, count: 2 }), "pass");
    assert.equal(outcome([0.8], { ...success, ...failure }), "fail");
  });

  it("lets pass as many failures as the limit says, and holds until it has measured often enough", () => {
    assert.equal(outcome([0.8, 0.99], { ...success, failureLimit: 1, count: 3 }), "hold");
    assert.equal(outcome([0.8, 0.99, 0.99], { ...success, failureLimit: 1, count: 3 }), "pass");
    assert.equal(outcome([0.8, 0.99, 0.8], { ...success, failureLimit: 1, count: 3 }), "fail");
  });

  it("counts in each step anew", () => {
    assert.equal(outcome([0.8, 0.99], success, 1), "pass");
    assert.equal(outcome([0.99], success, 1), "hold");
  });
});

describe("a condition", () => {
  const holds = (text: string, ...result: number[]): boolean => parseCondition(text)(result);

  it("compares results with numbers, joined as in Go", () => {
    assert.equal(holds("result[0] >= 0.95", 0.95), true);
    assert.equal(holds("result < 1e-3 || result[1] > 5 && result == 2", 2, 6), true);
    assert.equal(holds("!(result != 1)", 2), false);
    assert.equal(holds("len(result) == 2 && 3 <= result [ 1 ]", 1, 3), true);
  });

  it("does not hold of a result that is not there", () => {
    assert.equal(holds("result[3] >= 0", 1), false);
    assert.equal(holds("result[3] < 0", 1), false);
  });

  for (const [text, message] of [
    ["result", "it ends where one of < <= > >= == != has to be"],
    ["result >", "it ends where a number, result, result[0] or len(result) has to be"],
    ["(result > 1", "it ends where ) has to be"],
    ["result > 1 result", '"result" stands where &&, || or the end has to be'],
    ["results > 1", '"results > 1" is not understood'],
    ["result > 1; drop", '"; drop" is not understood'],
    ["", "it ends where a number, result, result[0] or len(result) has to be"],
  ] as const) {
    it(`is refused when it is ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseCondition(text), { message });
    });
  }
});
