import assert from "node:assert/strict";
import fc from "fast-check";
import { createColors } from "picocolors";
import { type Evidence } from "../../../driver/rollout/report";
import { type RolloutView, viewPhases } from "../../../driver/rollout/view";
import { durationText, rolloutLines } from "../../../driver/terminal/rollout-lines";

const at = (second: number): Date => new Date(Date.parse("2026-11-24T12:00:00Z") + second * 1000);
const counted: Omit<Evidence, "metric" | "verdict" | "unit"> = {
  text: "5 % of 200",
  seen: { canary: 200, active: 800 },
  canary: { value: 0.004, low: 0.0011, high: 0.0123 },
  active: { value: 0.003, low: 0.002, high: 0.005 },
};
const evidence: readonly Evidence[] = [
  { metric: "errors of shop", verdict: "hold", unit: "ratio", ...counted },
  { metric: "p95 of shop", verdict: "pass", dryRun: true, unit: "seconds", ...counted },
  { metric: "smoke", verdict: "pass", text: "the Job succeeded", unit: "none", seen: { canary: 1, active: 0 } },
];
const view: RolloutView = {
  ...{ stack: "prod", rollout: "20261124-120000", from: "blue", to: "green", weights: [20, 50], began: at(0) },
  ...{ phase: "watching", since: at(40), until: at(100), step: 1, evidence, verdict: "hold" },
  traffic: { activeColor: "blue", canaryWeight: 20 },
};
const lines = (change: Partial<RolloutView> = {}, width = 80): string[] =>
  rolloutLines({ ...view, ...change }, { now: at(75), width, paint: createColors(false) });

describe("a rollout on a terminal", () => {
  it("is its weights, its step with the time left, its metrics with their bounds, and the verdict so far", () => {
    assert.deepEqual(lines(), [
      "blue to green, stack prod, rollout 20261124-120000, 1 min 15 s",
      `  blue     80 %  ${"█".repeat(32)}${"░".repeat(8)}`,
      `  green    20 %  ${"█".repeat(8)}${"░".repeat(32)}`,
      "  step 2 of 3, watching, 25 s left; verdict so far hold",
      "  errors of shop  hold  0.4 % [0.11, 1.23] against 0.3 % [0.2, 0.5], of 200 and 800",
      "  p95 of shop     pass, does not count  4 ms [1.1, 12.3] against 3 ms [2, 5], of 200 and 800",
      "  smoke           pass  the Job succeeded",
    ]);
  });

  it("says what an update is bringing out and for how long, why a release is taken back, and what was said", () => {
    const quiet = { evidence: [], until: undefined, verdict: undefined } as const;
    const [, , , moving] = lines({ ...quiet, phase: "moving", toward: { activeColor: "blue", canaryWeight: 50 } });
    assert.equal(moving, "  step 2 of 3, moving, to blue 50 %, green 50 %, for 35 s");
    const cause = { kind: "analysis", why: "5 % of 200\nand more" } as const;
    const [, , , restoring, said] = lines({ ...quiet, phase: "restoring", cause, said: "eve asks for: abort" });
    assert.equal(restoring, "  step 2 of 3, taking the release back: 5 % of 200, for 35 s");
    assert.equal(said, "  eve asks for: abort");
  });

  it("has no bars where there is no room for them", () => {
    assert.deepEqual(lines({}, 49).slice(1, 3), ["  blue     80 %", "  green    20 %"]);
    assert.equal(lines({}, 50)[1]?.length, 17 + 30);
  });

  it("paints only where it may", () => {
    const painted = rolloutLines(view, { now: at(75), width: 80, paint: createColors(true) });
    const escape = "\u001b";
    assert.ok(painted.some((line) => line.includes(escape)));
    assert.ok(lines().every((line) => !line.includes(escape)));
  });

  it("is one line each whatever the rollout does, and never has less than no time left", () => {
    const share = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(fc.constantFrom(...viewPhases), share, fc.nat(300), (phase, canaryWeight, width) => {
        const all = lines({ phase, traffic: { activeColor: "green", canaryWeight } }, width);
        assert.equal(all.length, 7);
        assert.ok(all.every((line) => !/\n|NaN| -\d/.test(line)));
      }),
    );
    assert.match(lines({ until: at(1) })[3] ?? "", / 0 s left/);
  });
});

describe("a time in words", () => {
  it("is to the second while it is short", () => {
    const times = [-5_000, 0, 59_400, 60_000, 3_599_000, 7_500_000].map(durationText);
    assert.deepEqual(times, ["0 s", "0 s", "59 s", "1 min 0 s", "59 min 59 s", "2 h 5 min"]);
  });
});
