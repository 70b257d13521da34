import assert from "node:assert/strict";
import { ask, untilEnded } from "../../../driver/rollout/ask";
import { holderOf } from "../../../driver/rollout/holder";
import { type Asked, RolloutLease } from "../../../driver/rollout/lease";
import { begin, next } from "../../../driver/rollout/next";
import { rolloutStatus } from "../../../driver/rollout/status";
import { firstState } from "../../../driver/rollout/state";
import { FakeClock } from "../../support/clock";
import { FakeLeases } from "../../support/leases";

const signal = new AbortController().signal;
const plan = { from: "blue", to: "green", weights: [5], interval: 60, approve: false, images: [] } as const;
const { state } = begin(firstState("r1", { ...plan, weights: [...plan.weights], images: [] }));

function world() {
  const leases = new FakeLeases();
  const clock = new FakeClock();
  const alive = new Set([10, 20]);
  const holder = (pid: number) =>
    holderOf({ user: "ada", host: "one", space: "1", pid, started: `s${pid}`, isAlive: (each) => alive.has(each) });
  const driver = () => RolloutLease.take({ leases, name: "rollout", holder: holder(10), clock }, signal);
  const asking = { leases, name: "rollout", holder: holder(20), clock, signal };
  return { alive, asking, clock, driver };
}

describe("where a rollout is", () => {
  it("is its phase, its step and who drives it", () => {
    const view = { state, holder: "ada@one/1/10/s10" };
    assert.deepEqual(rolloutStatus(view), {
      rollout: "r1",
      phase: "moving",
      step: 1,
      steps: 2,
      driver: "ada@one, process 10",
      text: "rollout r1 to green: moving, step 1 of 2 (blue 95 %, green 5 %); driven by ada@one, process 10",
    });
    const ended = { ...state, phase: { kind: "ended", outcome: "promoted" } } as const;
    assert.equal(rolloutStatus({ state: ended, holder: "" })?.text, "rollout r1 to green: ended, promoted");
    assert.equal(rolloutStatus({ holder: "" }), undefined);
  });
});

describe("what is asked of a rollout", () => {
  it("is taken note of by the driver that runs", async () => {
    const { asking, clock, driver } = world();
    const lease = await driver();
    const heard: Asked[] = [];
    lease.hold((asked) => {
      heard.push(asked);
      void lease.keep(state);
    });
    const asked = ask({ kind: "pause", by: "eve" }, asking);
    await clock.pass(1_000);
    assert.equal(await asked, true);
    assert.deepEqual(
      heard.map(({ kind, by }) => [kind, by]),
      [["pause", "eve"]],
    );
    await lease.release();
  });

  it("is for the asker to do when there is no driver, when it has died, and when it stays silent", async () => {
    const { alive, asking, clock, driver } = world();
    assert.equal(await ask({ kind: "abort", by: "eve" }, asking), false);
    await driver();
    const silent = ask({ kind: "abort", by: "eve" }, asking);
    await clock.pass(16_000);
    assert.equal(await silent, false);
    alive.delete(10);
    assert.equal(await ask({ kind: "abort", by: "eve" }, asking), false);
  });

  it("is waited for until the rollout has come to its end", async () => {
    const { asking, clock, driver } = world();
    const lease = await driver();
    await lease.keep(state);
    const ended = untilEnded(asking);
    await clock.pass(5_000);
    const restoring = next(state, { kind: "abort", by: "eve" }).state;
    const restored = next(restoring, { kind: "restored" }).state;
    await lease.keep(restored);
    await clock.pass(500);
    assert.deepEqual((await ended)?.state, restored);
  });

  it("is waited for no longer when the driver has gone before the end", async () => {
    const { alive, asking, clock, driver } = world();
    const lease = await driver();
    await lease.keep(state);
    const ended = untilEnded(asking);
    alive.delete(10);
    await clock.pass(500);
    assert.equal(await ended, undefined);
  });
});
