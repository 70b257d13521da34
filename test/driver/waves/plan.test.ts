import assert from "node:assert/strict";
import { type Lease } from "../../../components/live/leases";
import { UserError } from "../../../driver/invocation";
import { type Phase, type RolloutState } from "../../../driver/rollout/state";
import { planWaves, type WavesOptions } from "../../../driver/waves/plan";
import { keptOf, leftOf } from "../../../driver/waves/resume";
import { type Stopped } from "../../../driver/waves/state";

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

  const left = (states: Readonly<Record<string, RolloutState>>) =>
    leftOf(waves, Object.fromEntries(Object.entries(states).map(([stack, state]) => [stack, { state }])));

  it("is nothing where nothing was released in waves over these stacks", () => {
    assert.equal(left({}), undefined);
    assert.equal(left({ eu: state("1", ended("promoted"), ["eu", "us"]) }), undefined);
    const alone = state("1", soaking);
    assert.equal(left({ eu: { ...alone, plan: { ...alone.plan, waves: undefined } } }), undefined);
  });

  it("is nothing where all were promoted, or all that moved was taken back", () => {
    const all = Object.fromEntries(stacks.map((stack) => [stack, state("1", ended("promoted"))]));
    assert.equal(left(all), undefined);
    assert.equal(left({ eu: state("1", ended("restored")), us: state("1", ended("stuck")) }), undefined);
  });

  it("is where each stack is in the newest of them", () => {
    const kept = { eu: state("2", ended("promoted")), us: state("2", soaking), ap: state("1", ended("promoted")) };
    assert.deepEqual(left(kept), {
      id: "2",
      standings: { eu: "promoted", us: "rolling", ap: "waiting" },
    });
    const begun = left({ eu: state("2", ended("promoted")), us: state("1", ended("promoted")) });
    assert.deepEqual(begun?.standings, { eu: "promoted", us: "waiting", ap: "waiting" });
  });

  it("is taken back where that was being done", () => {
    const kept = { eu: state("1", ended("promoted")), us: state("1", restoring) };
    assert.deepEqual(left(kept), {
      id: "1",
      standings: { eu: "promoted", us: "rolling", ap: "waiting" },
      failure: { stack: "us", why: "by ada", code: 1 },
    });
    const half = left({ eu: state("1", ended("promoted")), us: state("1", ended("restored")) });
    assert.deepEqual(half?.standings, { eu: "promoted", us: "restored", ap: "waiting" });
    assert.equal(half.failure?.stack, "us");
  });

  it("stops for the stack that failed by itself, with its words and its code, before those that were told to go back", () => {
    const failed = { kind: "analysis", why: "5 % failed" } as const;
    const { failure } = left({
      eu: state("1", ended("promoted")),
      us: state("1", restoring),
      ap: state("1", { kind: "ended", outcome: "restored", cause: failed }),
    }) ?? { failure: undefined };
    assert.deepEqual(failure, { stack: "ap", why: "5 % failed", code: 4 });
  });

  const stopped: Stopped = {
    id: "1",
    failure: { stack: "us", why: "its config is wrong", code: 2 },
    standings: { eu: "restoring", us: "waiting", ap: "waiting" },
  };
  const lease = (rollout: RolloutState, waves?: Stopped): Lease => ({
    ...{ holder: "", seconds: 15, version: "1" },
    annotations: {
      "cyan.dev/rollout": JSON.stringify(rollout),
      ...(waves && { "cyan.dev/waves": JSON.stringify(waves) }),
    },
  });

  it("is what a Lease says of why they stopped, though the stack that stopped them has nothing on record", () => {
    const eu = keptOf(lease(state("1", ended("promoted")), stopped), "green");
    const expected = { id: "1", standings: { eu: "promoted", us: "waiting", ap: "waiting" }, failure: stopped.failure };
    assert.deepEqual(leftOf(waves, { eu, us: {} }), expected);
    assert.equal(leftOf(waves, { eu: { ...eu, stopped: { ...stopped, id: "0" } } })?.failure, undefined);
  });

  it("has a stack that cannot be read where it was when they stopped", () => {
    const us = { state: state("1", ended("promoted")), stopped };
    assert.deepEqual(leftOf(waves, { us })?.standings, { eu: "rolling", us: "promoted", ap: "waiting" });
  });

  it("is nothing any more when a person has led back what moved", () => {
    const eu = keptOf(lease(state("1", ended("promoted")), stopped), "blue");
    assert.equal(leftOf(waves, { eu }), undefined);
    assert.deepEqual(keptOf(lease(state("1", ended("promoted"))), "blue"), { state: state("1", ended("promoted")) });
    assert.deepEqual(keptOf(undefined, "blue"), {});
  });
});
