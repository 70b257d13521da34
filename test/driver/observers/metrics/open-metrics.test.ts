import assert from "node:assert/strict";
import fc from "fast-check";
import { openMetrics } from "../../../../driver/observers/metrics/open-metrics";
import { type RolloutView, viewPhases } from "../../../../driver/rollout/view";
import { parseOpenMetrics } from "../../../support/open-metrics";

const began = new Date("2026-11-24T12:00:00Z");
const now = new Date("2026-11-24T12:01:30.5Z");
const view: RolloutView = {
  ...{ stack: "prod", rollout: "20261124-120000", from: "blue", to: "green", weights: [20, 50], began, since: began },
  ...{ phase: "watching", step: 1, traffic: { activeColor: "blue", canaryWeight: 50 }, evidence: [], verdict: "hold" },
};

describe("the metrics of a rollout", () => {
  it("say its shares, step, state, verdict and times", () => {
    const samples = parseOpenMetrics(openMetrics(view, now));
    const found = samples
      .filter(({ value }) => value !== 0)
      .map(({ name, labels, value }) => ({ name, labels, value }));
    const stack = "prod";
    assert.deepEqual(found, [
      { name: "cyan_rollout_weight_ratio", labels: { stack, color: "blue" }, value: 0.5 },
      { name: "cyan_rollout_weight_ratio", labels: { stack, color: "green" }, value: 0.5 },
      { name: "cyan_rollout_step", labels: { stack }, value: 2 },
      { name: "cyan_rollout_steps", labels: { stack }, value: 3 },
      { name: "cyan_rollout_state", labels: { stack, state: "watching" }, value: 1 },
      { name: "cyan_rollout_verdict", labels: { stack, verdict: "hold" }, value: 1 },
      { name: "cyan_rollout_seconds", labels: { stack }, value: 90.5 },
      {
        name: "cyan_rollout_start_timestamp_seconds",
        labels: { stack, rollout: "20261124-120000", from: "blue", to: "green" },
        value: began.getTime() / 1000,
      },
      { name: "cyan_rollout_update_timestamp_seconds", labels: { stack }, value: now.getTime() / 1000 },
    ]);
    assert.equal(samples.filter(({ name }) => name === "cyan_rollout_state").length, viewPhases.length);
    assert.equal(samples.filter(({ name }) => name === "cyan_rollout_verdict").length, 4);
  });

  it("are OpenMetrics whatever the stack is called and the rollout does", () => {
    const anything = fc.record({
      stack: fc.string(),
      phase: fc.constantFrom(...viewPhases),
      step: fc.nat(20),
      canaryWeight: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(anything, ({ stack, phase, step, canaryWeight }) => {
        const traffic = { activeColor: "green", canaryWeight } as const;
        const samples = parseOpenMetrics(openMetrics({ ...view, stack, phase, step, traffic }, now));
        assert.ok(samples.every(({ labels }) => labels["stack"] === stack));
        const shares = samples.filter(({ name }) => name === "cyan_rollout_weight_ratio").map(({ value }) => value);
        assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
      }),
    );
  });
});
