import assert from "node:assert/strict";
import { type Asked, HeldError, leaseName, LostLeaseError, RolloutLease, viewOf } from "../../../driver/rollout/lease";
import { holderOf, nameOf } from "../../../driver/rollout/holder";
import { firstState } from "../../../driver/rollout/state";
import { FakeClock } from "../../support/clock";
import { FakeLeases } from "../../support/leases";

const name = leaseName("org/cyan/Prod_eu");
const signal = new AbortController().signal;
const state = firstState("r1", { from: "blue", to: "green", weights: [5], interval: 60, approve: false, images: [] });

function machine(host: string, pid: number, alive: readonly number[] = [pid]) {
  return holderOf({
    user: "ada",
    host,
    space: "1",
    pid,
    started: `s${pid}`,
    isAlive: (each) => alive.includes(each),
  });
}

function world() {
  const leases = new FakeLeases();
  const clock = new FakeClock();
  const take = (holder = machine("one", 10)) => RolloutLease.take({ leases, name, holder, clock }, signal);
  const now = async () => viewOf((await leases.read(name)) ?? assert.fail("there is no Lease"));
  return { leases, clock, take, now };
}

describe("the Lease of a rollout", () => {
  it("has a name that Kubernetes takes, whatever the stack is called", () => {
    assert.equal(name, "cyan-rollout-org-cyan-prod-eu");
  });

  it("keeps the state for the next driver, and is free at once when it was released", async () => {
    const { take } = world();
    const first = await take();
    await first.keep(state);
    await first.release();
    const second = await take(machine("two", 20));
    assert.deepEqual(second.state, state);
  });

  it("is refused to a second driver, which names the first", async () => {
    const { clock, take } = world();
    const first = await take();
    first.hold(() => undefined);
    const second = assert.rejects(take(machine("two", 20)), (error) => {
      assert.ok(error instanceof HeldError);
      assert.equal(error.message, "ada@one, process 10 drives this stack");
      return true;
    });
    await clock.pass(15_000);
    await second;
    await first.release();
  });

  it("goes to another machine when its holder was silent for as long as it may be", async () => {
    const { clock, take } = world();
    await take();
    let taken = false;
    const second = take(machine("two", 20)).then(() => (taken = true));
    await clock.pass(14_000);
    assert.equal(taken, false);
    await clock.pass(1_000);
    await second;
  });

  it("goes at once to this machine when its holder has died here, and when it was silent for minutes", async () => {
    const { clock, take, now } = world();
    await take(machine("one", 10));
    await take(machine("one", 11, [11]));
    assert.equal((await now()).holder, machine("one", 11).identity);
    await clock.pass(301_000);
    await take(machine("two", 20));
  });

  it("is lost by a driver that wakes up after another has taken over, and nothing of it is written", async () => {
    const { take, now } = world();
    const first = await take(machine("one", 10));
    const second = await take(machine("one", 11, [11]));
    await second.keep(state);
    await assert.rejects(first.keep({ ...state, step: 1 }), LostLeaseError);
    assert.ok(first.lost.aborted);
    assert.deepEqual((await now()).state, state);
  });

  it("is lost when it cannot be renewed in time, and not before", async () => {
    const { leases, clock, take } = world();
    const lease = await take();
    lease.hold(() => undefined);
    await clock.pass(5_000);
    leases.down = new Error("connect ECONNREFUSED");
    await clock.pass(10_000);
    assert.equal(lease.lost.aborted, false);
    await clock.pass(5_000);
    assert.match(String(lease.lost.reason), /could not be written: Error: connect ECONNREFUSED/);
  });

  it("tells its holder of a request once, and forgets it with the next state and not a later one", async () => {
    const { leases, clock, take, now } = world();
    const lease = await take();
    const heard: Asked[] = [];
    lease.hold((asked) => heard.push(asked));
    const ask = async (id: string): Promise<void> => {
      const found = (await leases.read(name)) ?? assert.fail();
      const asked = JSON.stringify({ id, kind: "abort", by: "eve" });
      await leases.write(name, { ...found, annotations: { ...found.annotations, "cyan.dev/request": asked } });
    };
    await ask("1");
    await clock.pass(0);
    assert.deepEqual(heard, [{ id: "1", kind: "abort", by: "eve" }]);
    await clock.pass(5_000);
    assert.equal(heard.length, 1);
    await lease.keep(state);
    assert.equal((await now()).asked, undefined);
    await ask("2");
    await clock.pass(0);
    assert.equal(heard.length, 2);
    await lease.release();
  });

  it("takes no process of another machine or container for a dead one of its own", () => {
    const here = machine("one", 10, []);
    assert.ok(here.isDead(machine("one", 11).identity));
    assert.ok(here.isDead("ada@one/1/10/earlier"));
    assert.ok(!here.isDead(here.identity));
    assert.ok(!here.isDead(machine("two", 11).identity));
    assert.ok(!here.isDead("ada@one/2/11/s11"));
    assert.equal(nameOf("someone"), "someone");
  });
});
