import assert from "node:assert/strict";
import { type Look } from "../../../driver/analysis/analysis";
import { judgeBy } from "../../../driver/rollout/judge";
import { firstState } from "../../../driver/rollout/state";
import { FakeClock } from "../../support/clock";

const plan = { from: "blue", to: "green", weights: [5, 20], interval: 60, approve: false, images: [] } as const;
const state = firstState("r1", { ...plan, weights: [...plan.weights], images: [] });

/** An analysis that gives these outcomes one after the other, and the last of them for ever. */
function analysis(outcomes: readonly Look["outcome"][]) {
  const clock = new FakeClock();
  const looks: number[] = [];
  const steps: number[] = [];
  const looking = {
    beginStep: () => steps.push(clock.now()),
    look: () => {
      const outcome = outcomes[Math.min(looks.length, outcomes.length - 1)] ?? "hold";
      looks.push(clock.now());
      return Promise.resolve({ at: clock.now(), outcome, why: `look ${looks.length}`, metrics: [] });
    },
  };
  const judge = judgeBy(looking, 10, clock);
  const began = clock.now();
  const watch = (seconds: number, step = 0) =>
    judge.watch({
      state: { ...state, step },
      traffic: { activeColor: "blue", canaryWeight: 5 },
      seconds,
      signal: new AbortController().signal,
      looked: () => undefined,
    });
  return { clock, steps, watch, looks: () => looks.map((time) => (time - began) / 1000) };
}

describe("a step that is judged", () => {
  it("is looked at in every interval and at its end, and passes by the last look", async () => {
    const { clock, watch, looks } = analysis(["hold", "hold", "pass"]);
    const judged = watch(25);
    await clock.pass(30_000);
    assert.deepEqual(await judged, { verdict: "pass", why: "look 4" });
    assert.deepEqual(looks(), [0, 10, 20, 25]);
  });

  it("fails at the first look that fails", async () => {
    const { clock, watch, looks } = analysis(["pass", "fail", "pass"]);
    const judged = watch(60);
    await clock.pass(15_000);
    assert.deepEqual(await judged, { verdict: "fail", why: "look 2" });
    assert.deepEqual(looks(), [0, 10]);
  });

  it("is looked at once when it is not to be watched at all", async () => {
    const { watch, looks } = analysis(["hold"]);
    assert.deepEqual(await watch(0), { verdict: "hold", why: "look 1" });
    assert.deepEqual(looks(), [0]);
  });

  it("keeps what it has seen when it is watched anew, and the next step begins on its own", async () => {
    const { steps, watch } = analysis(["hold"]);
    await watch(0);
    await watch(0);
    assert.equal(steps.length, 1);
    await watch(0, 1);
    assert.equal(steps.length, 2);
  });
});
