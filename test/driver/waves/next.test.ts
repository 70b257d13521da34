import assert from "node:assert/strict";
import fc from "fast-check";
import { beginWaves, nextWaves } from "../../../driver/waves/next";
import { type WavesPlan } from "../../../driver/waves/plan";
import {
  type Failure,
  type Standing,
  type WavesEffect,
  type WavesInput,
  type WavesNext,
  type WavesState,
} from "../../../driver/waves/state";

const plan: WavesPlan = { stacks: ["eu", "us", "ap"], concurrency: 1, soak: 600 };

/** Runs inputs one after the other, and gives the last state with the effects of the last input. */
function after(from: WavesPlan, ...inputs: readonly WavesInput[]): WavesNext {
  return inputs.reduce<WavesNext>(({ state }, input) => nextWaves(state, input), beginWaves(from));
}

const promoted = (stack: string): WavesInput => ({ kind: "promoted", stack });
const soaked: WavesInput = { kind: "soaked" };
const failed = (stack: string, standing: "waiting" | "rolling" | "restored" | "stuck" = "restored"): WavesInput => ({
  kind: "failed",
  stack,
  standing,
  why: "5 % of 200 requests failed",
  code: 4,
});
const failure = (stack: string): Failure => ({ stack, why: "5 % of 200 requests failed", code: 4 });

describe("the state machine of waves", () => {
  it("releases one stack after the other, soaks between them, and ends when all are promoted", () => {
    assert.deepEqual(after(plan).effects, [{ kind: "roll", stack: "eu" }]);
    assert.deepEqual(after(plan, promoted("eu")).effects, [{ kind: "soak", seconds: 600 }]);
    assert.deepEqual(after(plan, promoted("eu"), soaked).effects, [{ kind: "roll", stack: "us" }]);
    const { state, effects } = after(plan, promoted("eu"), soaked, promoted("us"), soaked, promoted("ap"));
    assert.deepEqual([state.phase, state.failure, effects], ["ended", undefined, []]);
    assert.deepEqual(state.standings, { eu: "promoted", us: "promoted", ap: "promoted" });
  });

  it("releases the stacks of a wave at the same time, and soaks when the last of them is promoted", () => {
    const two = { ...plan, concurrency: 2 };
    assert.deepEqual(after(two).effects, [
      { kind: "roll", stack: "eu" },
      { kind: "roll", stack: "us" },
    ]);
    assert.deepEqual(after(two, promoted("us")).effects, []);
    assert.deepEqual(after(two, promoted("us"), promoted("eu")).effects, [{ kind: "soak", seconds: 600 }]);
  });

  it("takes back what has moved when one fails, and leaves what has not alone", () => {
    const at = after(plan, promoted("eu"), soaked, failed("us"));
    assert.deepEqual(at.effects, [{ kind: "take-back", stack: "eu" }]);
    const { state } = nextWaves(at.state, { kind: "taken-back", stack: "eu", standing: "restored" });
    assert.deepEqual([state.phase, state.failure], ["ended", failure("us")]);
    assert.deepEqual(state.standings, { eu: "restored", us: "restored", ap: "waiting" });
  });

  it("tells those of the same wave to take their release back, also one that is promoted before it hears of it", () => {
    const three = { ...plan, concurrency: 3 };
    const at = after(three, promoted("eu"), failed("us", "waiting"));
    assert.deepEqual(at.effects, [
      { kind: "abort", stack: "ap" },
      { kind: "take-back", stack: "eu" },
    ]);
    assert.deepEqual(nextWaves(at.state, promoted("ap")).effects, [{ kind: "take-back", stack: "ap" }]);
    assert.deepEqual(nextWaves(at.state, failed("ap")).effects, []);
  });

  it("takes a stack back whose rollout ended in the middle, and says when one could not be", () => {
    const at = after(plan, failed("eu", "rolling"));
    assert.deepEqual(at.effects, [{ kind: "take-back", stack: "eu" }]);
    const { state } = nextWaves(at.state, { kind: "taken-back", stack: "eu", standing: "stuck" });
    assert.deepEqual([state.phase, state.standings["eu"]], ["ended", "stuck"]);
  });

  it("stops when a stack that was promoted has been moved by someone else during the soak", () => {
    const { state, effects } = after({ ...plan, concurrency: 2 }, promoted("eu"), promoted("us"), {
      kind: "left",
      stack: "us",
      why: "it was taken back meanwhile",
    });
    assert.deepEqual(effects, [{ kind: "take-back", stack: "eu" }]);
    assert.deepEqual(state.failure, { stack: "us", why: "it was taken back meanwhile", code: 1 });
  });

  it("goes on where an interrupted command left the stacks", () => {
    const at = (left: Readonly<Record<string, Standing>>, why?: Failure) => beginWaves(plan, left, why).effects;
    assert.deepEqual(at({ eu: "promoted" }), [{ kind: "soak", seconds: 600 }]);
    assert.deepEqual(at({ eu: "promoted", us: "rolling" }), [{ kind: "roll", stack: "us" }]);
    assert.deepEqual(at({ eu: "promoted", us: "rolling" }, failure("us")), [
      { kind: "take-back", stack: "us" },
      { kind: "take-back", stack: "eu" },
    ]);
  });
});

/** A world of stacks, in which an effect that was begun can end in each way that it has. */
class World {
  readonly open: WavesEffect[] = [];
  state: WavesState;
  /** Where each stack's requests are: true on the release. */
  readonly moved = new Set<string>();
  failures = 0;
  rolledAfterFailure = 0;
  mostAtOnce = 0;

  constructor(readonly plan: WavesPlan) {
    const start = beginWaves(plan);
    this.state = start.state;
    this.take(start);
  }

  get rolling(): string[] {
    return this.open.flatMap((effect) => (effect.kind === "roll" ? [effect.stack] : []));
  }

  private take({ state, effects }: WavesNext): void {
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === "roll" && this.failures > 0) this.rolledAfterFailure++;
      if (effect.kind === "roll") this.moved.add(effect.stack);
      // What it tells is a roll that is open.
      if (effect.kind !== "abort") this.open.push(effect);
    }
    this.mostAtOnce = Math.max(this.mostAtOnce, this.rolling.length);
  }

  /** One open effect comes to an end. */
  step(which: number, way: number): void {
    const [effect] = this.open.splice(which % this.open.length, 1);
    if (effect !== undefined) this.take(nextWaves(this.state, this.endOf(effect, way)));
  }

  private endOf(effect: WavesEffect, way: number): WavesInput {
    if (effect.kind === "soak") {
      const [first = ""] = Object.entries(this.state.standings).flatMap(([stack, at]) =>
        at === "promoted" ? [stack] : [],
      );
      if (way > 0) return soaked;
      this.failures++;
      this.moved.delete(first);
      return { kind: "left", stack: first, why: "by hand" };
    }
    if (effect.kind === "take-back") {
      if (way > 0) this.moved.delete(effect.stack);
      return { kind: "taken-back", stack: effect.stack, standing: way > 0 ? "restored" : "stuck" };
    }
    const standing = (["restored", "waiting", "rolling", "stuck"] as const)[way];
    if (standing === undefined) return promoted(effect.stack);
    this.failures++;
    if (standing === "restored" || standing === "waiting") this.moved.delete(effect.stack);
    return failed(effect.stack, standing);
  }

  /** The same waves by another command, which finds the stacks as this one left them. */
  restarted(): World {
    const world = new World(this.plan);
    world.open.length = 0;
    world.moved.clear();
    for (const stack of this.moved) world.moved.add(stack);
    world.failures = this.failures;
    const undone = Object.entries(this.state.standings).map(([stack, at]) => {
      return [stack, at === "restoring" ? "rolling" : at] as const;
    });
    world.take(beginWaves(this.plan, Object.fromEntries(undone), this.state.failure));
    return world;
  }
}

describe("waves at random", () => {
  const plans = fc.record({ count: fc.integer({ min: 1, max: 6 }), concurrency: fc.integer({ min: 1, max: 4 }) });
  const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(14), fc.nat(19)), { minLength: 60, maxLength: 60 });

  it("come to an end with the release everywhere or nowhere, save where it is said to be stuck", () => {
    fc.assert(
      fc.property(plans, steps, ({ count, concurrency }, choices) => {
        const stacks = Array.from({ length: count }, (_, index) => `s${index}`);
        let world = new World({ stacks, concurrency, soak: 1 });
        for (const [which, way, crash] of choices) {
          if (world.state.phase === "ended") break;
          if (crash === 0) world = world.restarted();
          else world.step(which, way);
          assert.ok(world.mostAtOnce <= concurrency, "no more at once than asked for");
          assert.equal(world.rolledAfterFailure, 0, "nothing is released after a failure");
        }
        const { state } = world;
        assert.equal(state.phase, "ended");
        assert.deepEqual(world.open, []);
        const stuck = stacks.filter((stack) => state.standings[stack] === "stuck");
        assert.deepEqual([...world.moved].toSorted(), state.failure === undefined ? stacks : stuck);
      }),
      { numRuns: 2_000 },
    );
  });

  it("release a stack only when all of the waves before it are promoted", () => {
    fc.assert(
      fc.property(plans, steps, ({ count, concurrency }, choices) => {
        const stacks = Array.from({ length: count }, (_, index) => `s${index}`);
        const world = new World({ stacks, concurrency, soak: 1 });
        for (const [which, way] of choices) {
          if (world.state.phase === "ended") break;
          for (const stack of world.rolling) {
            if (world.state.phase !== "rolling") continue;
            const wave = Math.floor(stacks.indexOf(stack) / concurrency);
            const before = stacks.slice(0, wave * concurrency);
            assert.ok(
              before.every((each) => world.state.standings[each] === "promoted"),
              stack,
            );
          }
          world.step(which, way);
        }
      }),
      { numRuns: 500 },
    );
  });
});
