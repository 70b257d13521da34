import assert from "node:assert/strict";
import { firstState } from "../../../driver/rollout/state";
import { type Receipt } from "../../../driver/rollout/receipt";
import { type RolloutView, viewAtStart, viewed, viewKept } from "../../../driver/rollout/view";
import { type Evidence, type RolloutEvent } from "../../../driver/rollout/report";

const start = Date.parse("2026-11-24T12:00:00Z");
const at = (second: number): Date => new Date(start + second * 1000);
const plan = { from: "blue", to: "green", weights: [20, 50], interval: 60, approve: true, images: [] } as const;
const blue = { activeColor: "blue", canaryWeight: 0 } as const;
const twenty = { activeColor: "blue", canaryWeight: 20 } as const;
const green = { activeColor: "green", canaryWeight: 0 } as const;
const cause = { kind: "analysis", why: "5 % of 200" } as const;
const evidence = (verdict: Evidence["verdict"], dryRun?: true): Evidence => ({
  ...{ metric: "errors", verdict, text: "", unit: "ratio", seen: { canary: 1, active: 1 } },
  ...(dryRun && { dryRun }),
});

const state = firstState("r1", { ...plan, weights: [...plan.weights], images: [] });
const first = viewAtStart(state, { stack: "prod", began: at(0), at: at(0), traffic: blue });

/** How the rollout looks after these events, one a second. */
function after(...events: readonly RolloutEvent[]): RolloutView {
  return events.reduce((view, event, index) => viewed(view, event, at(index + 1)), first);
}

describe("a rollout as it looks", () => {
  const moving = { event: "moving", step: 0, traffic: twenty } as const;
  const moved = { event: "moved", step: 0, traffic: twenty, seconds: 3 } as const;
  const watching = { event: "watching", step: 0, seconds: 60 } as const;

  it("begins with what is declared", () => {
    assert.deepEqual([first.phase, first.step, first.traffic, first.weights], ["moving", 0, blue, [20, 50]]);
    const resumed = { ...state, step: 1, phase: { kind: "soaking", holds: 1 } } as const;
    const view = viewAtStart(resumed, { stack: "prod", began: at(0), at: at(9), traffic: twenty });
    assert.deepEqual([view.phase, view.step, view.since, view.began], ["watching", 1, at(9), at(0)]);
    const ended = { ...state, phase: { kind: "ended", outcome: "stuck" } } as const;
    assert.equal(viewAtStart(ended, { stack: "prod", began: at(0), at: at(9), traffic: blue }).phase, "stuck");
  });

  it("has what is live, and what an update is bringing out", () => {
    assert.deepEqual([after(moving).traffic, after(moving).toward], [blue, twenty]);
    assert.deepEqual([after(moving, moved).traffic, after(moving, moved).toward], [twenty, undefined]);
  });

  it("has the time at which a watch or a wait is over, when it is over", () => {
    assert.deepEqual(after(moving, moved, watching).until, at(63));
    const looked = { event: "looked", step: 0, left: 10, evidence: [] } as const;
    assert.deepEqual(after(moving, moved, watching, looked).until, at(14));
    assert.deepEqual(after(moving, moved, watching, { ...looked, left: Infinity }).until, at(63));
    assert.deepEqual(after({ event: "waiting", why: "approval", seconds: 5 }).until, at(6));
    assert.equal(after(watching, { event: "waiting", why: "approval" }).until, undefined);
  });

  it("has the worst verdict that counts while a step is watched, and then that of the step", () => {
    const looked = (...all: readonly Evidence[]) => ({ event: "looked", step: 0, left: 1, evidence: all }) as const;
    assert.equal(after(watching, looked(evidence("pass"), evidence("hold"))).verdict, "hold");
    assert.equal(after(watching, looked(evidence("pass"), evidence("fail", true))).verdict, "pass");
    const judged = { event: "judged", step: 0, verdict: "fail", why: "" } as const;
    assert.equal(after(watching, looked(evidence("pass")), judged).verdict, "fail");
    const next = after(watching, looked(evidence("pass")), { ...moving, step: 1 });
    assert.deepEqual([next.verdict, next.evidence, next.step], [undefined, [], 1]);
  });

  it("waits for approval, or is paused for another reason", () => {
    const phase = (why: "approval" | "asked" | "inconclusive") => after({ event: "waiting", why }).phase;
    assert.deepEqual([phase("approval"), phase("asked"), phase("inconclusive")], ["waiting", "paused", "paused"]);
  });

  it("is taken back for a cause, and ends", () => {
    const restoring = after(moving, moved, { event: "restoring", cause, traffic: blue });
    assert.deepEqual([restoring.phase, restoring.traffic, restoring.toward], ["restoring", twenty, blue]);
    const led = viewed(restoring, { event: "led-back", traffic: blue, milliseconds: 40 }, at(9));
    assert.deepEqual([led.traffic, led.cause], [blue, cause]);
    const ended = viewed(led, { event: "ended", outcome: "restored", cause, traffic: blue }, at(10));
    assert.deepEqual([ended.phase, ended.since, ended.until], ["restored", at(10), undefined]);
    assert.equal(after({ event: "ended", outcome: "promoted", traffic: green }).phase, "promoted");
  });

  it("has what was said last, until it goes on", () => {
    const asked = { event: "asked", request: "pause", by: "eve" } as const;
    assert.equal(after(watching, asked).said, "eve asks for: pause");
    assert.equal(after(watching, asked, moving).said, undefined);
    assert.equal(after({ event: "warning", text: "no receipt" }).said, "warning: no receipt");
  });
});

describe("a rollout as another command sees it", () => {
  const receipt: Receipt = {
    ...{ rollout: "r1", stack: "prod", from: "blue", to: "green", images: [], by: "ada", began: at(0).toISOString() },
    transitions: [
      { traffic: twenty, began: at(1).toISOString(), seconds: 3, verdict: "pass", why: "" },
      { traffic: { ...twenty, canaryWeight: 50 }, began: at(70).toISOString(), evidence: [evidence("hold")] },
    ],
  };
  const [twentyLive = assert.fail(), fiftyDue = assert.fail()] = receipt.transitions;

  it("has what is being brought out, and what was live before", () => {
    const view = viewKept({ ...state, step: 1 }, receipt);
    assert.deepEqual([view.traffic, view.toward?.canaryWeight, view.since], [twenty, 50, at(70)]);
  });

  it("has the time left of a watch, and the verdict so far", () => {
    const reached = { ...receipt, transitions: [twentyLive, { ...fiftyDue, seconds: 4 }] };
    const view = viewKept({ ...state, step: 1, phase: { kind: "soaking", holds: 1 } }, reached);
    assert.deepEqual([view.phase, view.until, view.verdict], ["watching", at(74 + 120), "hold"]);
    assert.deepEqual([view.traffic.canaryWeight, view.toward, view.evidence.length], [50, undefined, 1]);
  });

  it("has why it is taken back, and that its requests were led back already", () => {
    const restoring = { traffic: blue, began: at(90).toISOString() };
    const back = { ...receipt, ledBackIn: 40, transitions: [twentyLive, restoring] };
    const view = viewKept({ ...state, phase: { kind: "restoring", cause, attempts: 0 } }, back);
    assert.deepEqual([view.phase, view.traffic, view.cause], ["restoring", blue, cause]);
  });

  it("is there before anything was moved", () => {
    const view = viewKept(state, { ...receipt, transitions: [] });
    assert.deepEqual([view.traffic, view.since, view.evidence, view.verdict], [blue, at(0), [], undefined]);
  });
});
