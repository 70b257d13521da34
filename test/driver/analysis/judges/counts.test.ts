import assert from "node:assert/strict";
import { histogram, incrementsOf, total } from "../../../../driver/analysis/judges/counts";
import { type CountsOf, type Observation, type Reading } from "../../../../driver/analysis/model";

const sample = (values: Readonly<Record<string, number>>): Reading => ({
  kind: "sample",
  series: Object.entries(values).map(([pod, value]) => ({ labels: { pod }, value })),
});
const none: Reading = { kind: "no-data", why: "no series" };
const failed: Reading = { kind: "failure", why: "time-out" };

function counted(counts: CountsOf, ...readings: Reading[]): number[] {
  const observations = readings.map((canary, at): Observation => ({ at, readings: { total: { canary } } }));
  return incrementsOf(observations, "total", counts).map(({ canary }) => total(canary));
}

describe("counts since the look before", () => {
  it("begin at the first look", () => {
    assert.deepEqual(counted("lifetime", sample({ a: 1000 }), sample({ a: 1010 })), [0, 10]);
  });

  it("count a series from nothing when it appears later, or was reset", () => {
    assert.deepEqual(
      counted("lifetime", none, sample({ a: 5 }), sample({ a: 7, b: 3 }), sample({ a: 2, b: 3 })),
      [0, 5, 5, 2],
    );
  });

  it("lose nothing to a look that failed, or a series that was away", () => {
    assert.deepEqual(counted("lifetime", sample({ a: 1 }), failed, none, sample({ a: 9 })), [0, 0, 0, 8]);
    assert.deepEqual(counted("lifetime", failed, sample({ a: 100 }), sample({ a: 101 })), [0, 0, 1]);
  });

  it("are those of the whole window where the source counts in a window", () => {
    assert.deepEqual(
      counted("window", sample({ a: 3 }), sample({ a: 10 }), sample({ a: 9 }), sample({ a: 12 })),
      [3, 7, 0, 2],
    );
  });

  it("add up buckets of several series by their bound", () => {
    const bucket = (pod: string, le: string, value: number) => ({ labels: { pod, le }, value });
    const buckets = histogram([
      bucket("a", "+Inf", 4),
      bucket("a", "0.1", 1),
      bucket("b", "0.1", 2),
      bucket("b", "+Inf", 3),
    ]);
    assert.deepEqual(
      [...buckets],
      [
        [0.1, 3],
        [Infinity, 7],
      ],
    );
  });
});
