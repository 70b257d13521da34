import assert from "node:assert/strict";
import { beginOrGoOn } from "../../../driver/commands/rollout";
import { UserError } from "../../../driver/invocation";
import { type RolloutPlan } from "../../../driver/rollout/plan";
import { firstState } from "../../../driver/rollout/state";

const plan: RolloutPlan = { from: "blue", to: "green", weights: [50], interval: 0, approve: false, images: [] };
const begun = firstState("1", plan);
const ended = { ...begun, phase: { kind: "ended", outcome: "promoted" } } as const;

describe("what a rollout that is asked for begins with", () => {
  it("is its first step where none was, or the last one has ended", () => {
    const decide = beginOrGoOn({ plan, begun: undefined, onResume: "continue" });
    for (const kept of [undefined, ended]) assert.equal(decide(kept)?.event.event, "began");
  });

  it("is what the last driver left, or its taking back", () => {
    const of = (onResume: "continue" | "rollback") => beginOrGoOn({ plan, begun, onResume })(begun);
    assert.equal(of("continue")?.event.event, "took-over");
    assert.deepEqual(of("continue")?.start.state, begun);
    assert.equal(of("rollback")?.start.state.phase.kind, "restoring");
  });

  it("is nothing where that has come to its end since: the plan is of what was before it", () => {
    const message = "rollout 1 has come to its end meanwhile; run the command again for another one";
    assert.throws(
      () => beginOrGoOn({ plan, begun, onResume: "continue" })(ended),
      (error) => error instanceof UserError && error.message === message,
    );
  });
});
