import assert from "node:assert/strict";
import fc from "fast-check";
import { type Color } from "../../../components/model/color";
import { shareOf, type Traffic } from "../../../components/model/traffic";
import { type Effect } from "../../../driver/rollout/effects";
import { type Request, requests, type RolloutInput, type Verdict } from "../../../driver/rollout/events";
import { begin, next, type Next } from "../../../driver/rollout/next";
import { type RolloutPlan, trafficBefore } from "../../../driver/rollout/plan";
import { firstState, parseState, type RolloutState } from "../../../driver/rollout/state";

const plan: RolloutPlan = {
  from: "blue",
  to: "green",
  weights: [5, 50],
  interval: 60,
  approve: false,
  images: [],
};

/** Runs inputs one after the other, and gives the last state with the effects of the last input. */
function after(from: RolloutPlan, ...inputs: readonly RolloutInput[]): Next {
  return inputs.reduce<Next>(({ state }, input) => next(state, input), begin(firstState("r1", from)));
}

const moved: RolloutInput = { kind: "moved" };
const judged = (verdict: Verdict): RolloutInput => ({ kind: "judged", verdict, why: "5 % of 200 requests failed" });
const ask = (kind: Request): RolloutInput => ({ kind, by: "ada" });
const step = [moved, judged("pass")];

describe("a rollout's state machine", () => {
  it("goes through the steps, watches each, flips, watches the flip, and ends", () => {
    const move = (activeColor: Color, canaryWeight: number): Effect => ({
      kind: "move",
      traffic: { activeColor, canaryWeight },
    });
    assert.deepEqual(after(plan).effects, [move("blue", 5)]);
    assert.deepEqual(after(plan, moved).effects, [{ kind: "soak", seconds: 60 }]);
    assert.deepEqual(after(plan, ...step).effects, [move("blue", 50)]);
    assert.deepEqual(after(plan, ...step, ...step).effects, [move("green", 0)]);
    assert.deepEqual(after(plan, ...step, ...step, moved).effects, [{ kind: "soak", seconds: 60 }]);
    assert.deepEqual(after(plan, ...step, ...step, ...step).state.phase, { kind: "ended", outcome: "promoted" });
  });

  it("takes a release back that fails, and keeps the evidence", () => {
    const failed = after(plan, ...step, moved, judged("fail"));
    assert.deepEqual(failed.effects, [{ kind: "stop" }, { kind: "restore", traffic: trafficBefore(plan) }]);
    const ended = next(failed.state, { kind: "restored" }).state.phase;
    const cause = { kind: "analysis", why: "5 % of 200 requests failed" };
    assert.deepEqual(ended, { kind: "ended", outcome: "restored", cause });
  });

  it("watches again for want of evidence, three times, and then leaves it to a person", () => {
    const held = after(plan, moved, judged("hold"), judged("hold"), judged("hold"));
    assert.deepEqual(held.effects, [{ kind: "soak", seconds: 60 }]);
    const paused = next(held.state, judged("hold"));
    assert.deepEqual(paused.state.phase, { kind: "paused", why: "inconclusive" });
    assert.deepEqual(next(paused.state, ask("resume")).effects, [{ kind: "stop" }, { kind: "soak", seconds: 60 }]);
  });

  it("waits with the flip for a person, and takes the release back when nobody answers", () => {
    const waiting = after({ ...plan, approve: true, idleTimeout: 900 }, ...step, ...step);
    assert.deepEqual(waiting.effects, [{ kind: "wait", seconds: 900 }]);
    assert.equal(next(waiting.state, ask("promote")).effects.at(-1)?.kind, "move");
    const late = next(waiting.state, { kind: "timed-out" });
    assert.deepEqual(late.state.phase, {
      kind: "restoring",
      cause: { kind: "timeout", why: "nobody answered in time" },
      attempts: 0,
    });
  });

  it("does what is asked for during an update when the update has ended", () => {
    assert.deepEqual(after(plan, ask("pause"), moved).state.phase, { kind: "paused", why: "asked" });
    assert.deepEqual(after(plan, ask("pause"), ask("resume"), moved).state.phase, { kind: "soaking", holds: 0 });
    assert.equal(after(plan, ask("promote"), moved).state.step, 1);
    const full = after(plan, ask("full"), moved);
    assert.deepEqual(full.effects, [{ kind: "move", traffic: { activeColor: "green", canaryWeight: 0 } }]);
    assert.equal(next(full.state, moved).state.phase.kind, "ended");
  });

  it("can roll a promoted release back, and ends at once when a gate or a policy refuses", () => {
    const promoted = after(plan, ...step, ...step, ...step).state;
    assert.equal(next(promoted, ask("rollback")).state.phase.kind, "restoring");
    assert.deepEqual(next(promoted, ask("abort")), { state: promoted, effects: [] });
    const refused = after(plan, { kind: "refused", why: "the gate did not hold" });
    assert.equal(refused.state.phase.kind, "restoring");
  });

  it("tries three times to take a release back, and once more when it is asked to", () => {
    const failure: RolloutInput = { kind: "not-restored", why: "the API server does not answer" };
    const stuck = after(plan, judged("fail"), failure, failure, failure).state;
    assert.equal(stuck.phase.kind === "ended" && stuck.phase.outcome, "stuck");
    assert.equal(next(stuck, ask("abort")).effects.at(-1)?.kind, "restore");
  });

  it("reads back the state that it was kept as, and refuses one that it does not know", () => {
    const { state } = after({ ...plan, images: [{ service: "shop", image: "a:2", before: "a:1" }] }, moved);
    assert.deepEqual(parseState(JSON.stringify(state)), state);
    assert.equal(parseState(undefined), undefined);
    assert.throws(() => parseState(JSON.stringify({ ...state, step: "one" })));
  });
});

/** What happens to a rollout at random: `way` chooses among the ends that an effect can have. */
type Happening =
  | { readonly kind: "work"; readonly way: number }
  | { readonly kind: "ask"; readonly request: Request }
  | { readonly kind: "crash"; readonly then: "continue" | "rollback"; readonly kept: boolean };

const way = fc.nat(11);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("work" as const), way }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("ask" as const), request: fc.constantFrom(...requests) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("crash" as const),
      then: fc.constantFrom("continue" as const, "rollback" as const),
      kept: fc.boolean(),
    }),
  },
);

const anyPlan: fc.Arbitrary<RolloutPlan> = fc
  .record({
    from: fc.constantFrom("blue" as const, "green" as const),
    weights: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 }),
    interval: fc.nat(60),
    approve: fc.boolean(),
    idle: fc.option(fc.constant(60), { nil: undefined }),
  })
  .map(({ from, idle, ...rest }) => ({
    from,
    to: from === "blue" ? "green" : "blue",
    ...rest,
    ...(idle !== undefined && { idleTimeout: idle }),
    images: [],
  }));

/** A cluster and a driver that dies now and then, over the state machine. */
class World {
  live: Traffic;
  state: RolloutState;
  effects: readonly Effect[];
  /** Whether a failure, or someone, has ever had the release taken back. */
  condemned = false;

  constructor(
    readonly plan: RolloutPlan,
    readonly bad: boolean,
  ) {
    this.live = trafficBefore(plan);
    ({ state: this.state, effects: this.effects } = begin(firstState("r1", plan)));
  }

  happen(what: Happening): void {
    if (what.kind === "ask") this.put({ kind: what.request, by: "ada" });
    else if (what.kind === "work") this.work(what.way);
    else this.crash(what.then, what.kept);
  }

  put(input: RolloutInput): void {
    const { state, effects } = next(this.state, input);
    this.condemned ||= state.phase.kind === "restoring";
    this.state = state;
    if (effects.length > 0) this.effects = effects;
    for (const effect of effects) {
      if (effect.kind === "move")
        assert.ok(!this.condemned || input.kind === "rollback", "a condemned release moves on");
    }
  }

  /** Does what is to be done, with one of the ends that it can have. */
  work(way: number): void {
    const effect = this.effects.at(-1);
    if (effect === undefined || this.state.phase.kind === "ended") return;
    this.effects = [];
    switch (effect.kind) {
      case "move":
        if (way % 4 !== 3) this.live = effect.traffic;
        this.put(way % 4 === 3 ? { kind: "refused", why: "" } : way % 4 === 2 ? { kind: "failed", why: "" } : moved);
        return;
      case "soak": {
        const verdicts = this.bad ? (["fail", "hold", "inconclusive"] as const) : (["pass", "hold", "pass"] as const);
        this.put(judged(verdicts[way % 3] ?? "fail"));
        return;
      }
      case "wait":
        if (this.bad && way % 2 === 0) this.put(judged("fail"));
        else if (effect.seconds !== undefined) this.put({ kind: "timed-out" });
        else this.effects = [effect];
        return;
      case "restore":
        if (way % 3 !== 2) this.live = effect.traffic;
        this.put(way % 3 === 0 ? { kind: "restored" } : { kind: "not-restored", why: "" });
        return;
      case "stop":
        return;
    }
  }

  /** The driver dies in the middle of an effect, which may have been done or not, and another one takes over. */
  private crash(then: "continue" | "rollback", done: boolean): void {
    if (this.state.phase.kind === "ended") return;
    const effect = this.effects.at(-1);
    if (done && (effect?.kind === "move" || effect?.kind === "restore")) this.live = effect.traffic;
    this.effects = [];
    this.put({ kind: "took-over", then });
  }
}

describe("a rollout, whatever happens to it", () => {
  const story = fc.array(happening, { maxLength: 40 });

  it("ends with no traffic on a color that failed, or says that it could not be taken back", () => {
    fc.assert(
      fc.property(anyPlan, fc.boolean(), story, (plan, bad, happenings) => {
        const world = new World(plan, bad);
        for (const each of happenings) world.happen(each);
        const { phase } = world.state;
        if (phase.kind !== "ended") return;
        if (phase.outcome === "restored") assert.equal(shareOf(world.live, plan.to), 0);
        if (phase.outcome === "promoted") {
          assert.equal(shareOf(world.live, plan.to), 100);
          assert.ok(!world.condemned);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("promotes a bad release only when a person asks for it", () => {
    fc.assert(
      fc.property(anyPlan, story, (plan, happenings) => {
        const world = new World(plan, true);
        for (const each of happenings) if (each.kind !== "ask") world.happen(each);
        assert.ok(world.state.phase.kind !== "ended" || world.state.phase.outcome !== "promoted");
      }),
      { numRuns: 2_000 },
    );
  });

  it("is taken back by an abort in any phase", () => {
    fc.assert(
      fc.property(anyPlan, fc.boolean(), story, (plan, bad, happenings) => {
        const world = new World(plan, bad);
        for (const each of happenings) world.happen(each);
        const ended = world.state.phase.kind === "ended";
        world.put({ kind: "abort", by: "ada" });
        if (!ended) assert.equal(world.state.phase.kind, "restoring");
        if (world.state.phase.kind !== "restoring") return;
        world.work(0);
        assert.equal(shareOf(world.live, plan.to), 0);
      }),
    );
  });

  it("comes to its end within a bounded number of events when nobody has to be waited for", () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.boolean(),
        story,
        fc.array(way, { minLength: 60, maxLength: 60 }),
        (plan, bad, past, ways) => {
          const world = new World({ ...plan, idleTimeout: 60 }, bad);
          for (const each of past) world.happen(each);
          for (const each of ways) world.work(each);
          assert.equal(world.state.phase.kind, "ended");
        },
      ),
    );
  });
});
