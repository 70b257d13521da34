import assert from "node:assert/strict";
import { UserError } from "../../../driver/invocation";
import { type Phase, type RolloutState } from "../../../driver/rollout/state";
import { planWaves, type WavesOptions } from "../../../driver/waves/plan";
import { leftOf } from "../../../driver/waves/resume";

describe("the plan of waves", () => {
  it("has the stacks in their order, one at a time and without a soak unless it is told otherwise", () => {
    assert.deepEqual(planWaves({ stacks: "eu, us,ap" }), { stacks: ["eu", "us", "ap"], concurrency: 1, soak: 0 });
    assert.deepEqual(planWaves({ stacks: "eu,us", concurrency: "2", soak: "10m" }), {
      stacks: ["eu", "us"],
      concurrency: 2,
      soak: 600,
    });
    assert.equal(planWaves({ stack: "eu" }), undefined);
  });

  it("says what is wrong, and what would be right", () => {
    const wrong: readonly (readonly [WavesOptions, string])[] = [
      [{ concurrency: "2" }, "--concurrency goes with --stacks, such as --stacks eu,us,ap"],
      [{ soak: "1m" }, "--soak goes with --stacks, such as --stacks eu,us,ap"],
      [{ stack: "eu", stacks: "eu,us" }, "--stack and --stacks exclude each other"],
      [{ stacks: "eu,,us" }, "--stacks eu,,us: one has no name; write their names with commas, such as eu,us,ap"],
      [{ stacks: "eu,us,eu" }, "--stacks eu,us,eu: eu is there twice; write their names with commas, such as eu,us,ap"],
      [
        { stacks: "eu", concurrency: "0" },
        "--concurrency 0: write how many stacks are released at the same time, such as 1",
      ],
      [{ stacks: "eu", soak: "ten" }, "--soak ten: write a duration such as 30s, 10m or 1h"],
    ];
    for (const [options, message] of wrong) {
      assert.throws(
        () => planWaves(options),
        (error) => error instanceof UserError && error.message === message,
        message,
      );
    }
  });
});

describe("what an interrupted command left", () => {
  const stacks = ["eu", "us", "ap"];
  const waves = { stacks, concurrency: 1, soak: 0 };
  const state = (id: string, phase: Phase, over: readonly string[] = stacks): RolloutState => ({
    id,
    plan: {
      ...{ from: "blue", to: "green", weights: [50], interval: 0, approve: false, images: [] },
      waves: [...over],
    },
    step: 0,
    phase,
  });
  const soaking: Phase = { kind: "soaking", holds: 0 };
  const ended = (outcome: "promoted" | "restored" | "stuck"): Phase => ({ kind: "ended", outcome });
  const restoring: Phase = { kind: "restoring", cause: { kind: "abort", why: "by ada" }, attempts: 0 };

  it("is nothing where nothing was released in waves over these stacks", () => {
    assert.equal(leftOf(waves, {}), undefined);
    assert.equal(leftOf(waves, { eu: { ...state("1", ended("promoted"), ["eu", "us"]) } }), undefined);
    const alone = state("1", soaking);
    assert.equal(leftOf(waves, { eu: { ...alone, plan: { ...alone.plan, waves: undefined } } }), undefined);
  });

  it("is nothing where all were promoted, or all that moved was taken back", () => {
    const all = Object.fromEntries(stacks.map((stack) => [stack, state("1", ended("promoted"))]));
    assert.equal(leftOf(waves, all), undefined);
    assert.equal(leftOf(waves, { eu: state("1", ended("restored")), us: state("1", ended("stuck")) }), undefined);
  });

  it("is where each stack is in the newest of them", () => {
    const kept = { eu: state("2", ended("promoted")), us: state("2", soaking), ap: state("1", ended("promoted")) };
    assert.deepEqual(leftOf(waves, kept), {
      id: "2",
      standings: { eu: "promoted", us: "rolling", ap: "waiting" },
    });
    const begun = leftOf(waves, { eu: state("2", ended("promoted")), us: state("1", ended("promoted")) });
    assert.deepEqual(begun?.standings, { eu: "promoted", us: "waiting", ap: "waiting" });
  });

  it("is taken back where that was being done", () => {
    const kept = { eu: state("1", ended("promoted")), us: state("1", restoring) };
    assert.deepEqual(leftOf(waves, kept), {
      id: "1",
      standings: { eu: "promoted", us: "rolling", ap: "waiting" },
      failure: { stack: "us", why: "rollout 1 was being taken back", code: 1 },
    });
    const half = leftOf(waves, { eu: state("1", ended("promoted")), us: state("1", ended("restored")) });
    assert.deepEqual(half?.standings, { eu: "promoted", us: "restored", ap: "waiting" });
    assert.equal(half.failure?.stack, "us");
  });
});
