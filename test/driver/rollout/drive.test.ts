import assert from "node:assert/strict";
import { type Verdict } from "../../../driver/rollout/events";
import { drive } from "../../../driver/rollout/drive";
import { LostLeaseError, RolloutLease } from "../../../driver/rollout/lease";
import { holderOf } from "../../../driver/rollout/holder";
import { begin, next } from "../../../driver/rollout/next";
import { type RolloutPlan } from "../../../driver/rollout/plan";
import { type RolloutEvent } from "../../../driver/rollout/report";
import { firstState, parseState, type RolloutState } from "../../../driver/rollout/state";
import { type Judge } from "../../../driver/rollout/work";
import { FakeClock } from "../../support/clock";
import { FakeLeases } from "../../support/leases";
import { FakeStack } from "../../support/release-stack";

const plan: RolloutPlan = {
  from: "blue",
  to: "green",
  weights: [5, 50],
  interval: 60,
  approve: false,
  images: [{ service: "shop", image: "shop:2", before: "shop:1" }],
};
const blueServes = { activeColor: "blue", canaryWeight: 0 } as const;

/** One rollout on a fake stack, with time that passes by itself. */
async function rollout(change: Partial<RolloutPlan> = {}, verdicts: Partial<Record<number, Verdict>> = {}) {
  const clock = new FakeClock();
  const leases = new FakeLeases();
  const stack = new FakeStack();
  const events: RolloutEvent[] = [];
  const holder = (pid: number) =>
    holderOf({ user: "ada", host: "one", space: "1", pid, started: `s${pid}`, isAlive: (each) => each === pid });
  const take = (pid: number) =>
    RolloutLease.take({ leases, name: "rollout", holder: holder(pid), clock }, new AbortController().signal);
  const judge: Judge = {
    async watch({ state, seconds, signal }) {
      await clock.sleep(Number.isFinite(seconds) ? seconds * 1000 : 1e9, signal);
      return { verdict: verdicts[state.step] ?? "pass", why: "5 % of 200 requests failed" };
    },
  };
  const stop = new AbortController();
  const lease = await take(10);
  const record = (state: RolloutState): string => JSON.stringify(state);
  const tools = {
    stack,
    live: stack,
    judge,
    clock,
    lease,
    record,
    report: (event: RolloutEvent) => events.push(event),
  };
  const driveFrom = (start = begin(firstState("r1", { ...plan, ...change }))) => {
    const driver = drive({ ...tools, start, signal: stop.signal });
    driver.catch(() => undefined);
    return driver;
  };
  const ask = async (kind: string): Promise<void> => {
    const found = (await leases.read("rollout")) ?? assert.fail();
    const asked = JSON.stringify({ id: kind + found.version, kind, by: "eve" });
    await leases.write("rollout", { ...found, annotations: { ...found.annotations, "cyan.dev/request": asked } });
  };
  const kept = async (): Promise<RolloutState> =>
    parseState((await leases.read("rollout"))?.annotations["cyan.dev/rollout"]) ?? assert.fail("no state is kept");
  return { clock, stack, events, stop, lease, take, driveFrom, ask, kept };
}

describe("a driver of rollouts", () => {
  it("goes through all steps, and leaves the release promoted in the config, in the cluster and in the Lease", async () => {
    const { clock, stack, events, driveFrom, kept } = await rollout();
    const driver = driveFrom();
    await clock.pass(200_000);
    assert.equal((await driver).phase.kind, "ended");
    assert.deepEqual(stack.log, [
      "to green: blue 95 %, green 5 %",
      "to green: blue 50 %, green 50 %",
      "to green: blue 0 %, green 100 %",
    ]);
    assert.equal(stack.config["services.shop.green.image"], "shop:2");
    assert.deepEqual(parseState(stack.config["rolloutState"]), await kept());
    const traffic = { activeColor: "green", canaryWeight: 0 } as const;
    assert.deepEqual(events.at(-1), { event: "ended", outcome: "promoted", traffic });
  });

  it("leads live requests back before it updates when a step fails, and gives the images back", async () => {
    const { clock, stack, driveFrom } = await rollout({}, { 1: "fail" });
    const driver = driveFrom();
    await clock.pass(200_000);
    const { phase } = await driver;
    assert.equal(phase.kind === "ended" && phase.outcome, "restored");
    assert.deepEqual(stack.log.slice(2), ["led back to blue 0", "takes green back, analysis: blue 100 %, green 0 %"]);
    assert.equal(stack.config["services.shop.green.image"], "shop:1");
    assert.deepEqual(stack.live, blueServes);
  });

  it("leaves a tag on the stack of how it ended, and is as good without one", async () => {
    const promoted = await rollout();
    let driver = promoted.driveFrom();
    await promoted.clock.pass(200_000);
    await driver;
    assert.deepEqual(promoted.stack.tags, { "cyan:rollout": "r1 promoted, blue to green, shop=shop:2" });
    const image = "registry.example.com/".padEnd(300, "x");
    const failed = await rollout({ images: [{ service: "shop", image, before: "shop:1" }] }, { 0: "fail" });
    driver = failed.driveFrom();
    await failed.clock.pass(200_000);
    await driver;
    assert.match(failed.stack.tags["cyan:rollout"] ?? "", /^r1 restored \(analysis\), blue to green, shop=reg.*x$/);
    assert.equal(failed.stack.tags["cyan:rollout"]?.length, 256);
    const untagged = await rollout();
    untagged.stack.untagged = new Error("the backend has no tags");
    driver = untagged.driveFrom();
    await untagged.clock.pass(200_000);
    assert.equal((await driver).phase.kind, "ended");
    const text = "the stack has no tag of how it ended: the backend has no tags";
    assert.deepEqual(untagged.events.at(-1), { event: "warning", text });
  });

  it("ends an update for an abort, and leads requests back again after it, for it may have moved them", async () => {
    const { clock, stack, driveFrom, ask } = await rollout();
    stack.ups = [
      (fake, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            void clock.sleep(2_000, new AbortController().signal).then(() => {
              fake.bringOut();
              fake.log.push("the update ends");
              resolve({ kind: "stopped" });
            });
          });
        }),
    ];
    const driver = driveFrom();
    await clock.pass(10);
    await ask("abort");
    await clock.pass(10);
    assert.deepEqual(stack.live, blueServes);
    await clock.pass(5_000);
    await driver;
    assert.deepEqual(stack.log, [
      "to green: blue 95 %, green 5 %",
      "led back to blue 0",
      "the update ends",
      "led back to blue 0",
      "takes green back, abort: blue 100 %, green 0 %",
    ]);
    assert.deepEqual(stack.live, blueServes);
  });

  it("says what is live and what failed when the update after an abort fails, and has still taken the release back", async () => {
    const { clock, stack, events, driveFrom } = await rollout({}, { 0: "fail" });
    stack.ups = [(fake) => fake.bringOut(), { kind: "failed", why: "shop-green: it crashes" }];
    const driver = driveFrom();
    await clock.pass(100_000);
    const { phase } = await driver;
    assert.equal(phase.kind === "ended" && phase.outcome, "restored");
    const warnings = events.flatMap((event) => (event.event === "warning" ? [event.text] : []));
    assert.deepEqual(warnings, [
      "live is shop: blue 100 %, green 0 %, as declared, but the update failed; " +
        "run pulumi up when this is mended: shop-green: it crashes",
    ]);
  });

  it("tries again, and then says that the release could not be taken back, when nothing gets through", async () => {
    const { clock, stack, driveFrom } = await rollout({}, { 0: "fail" });
    const failed = { kind: "failed", why: "no connection" } as const;
    stack.frozen = new Error("no connection");
    stack.ups = [(fake) => fake.bringOut(), failed, failed, failed];
    const driver = driveFrom();
    await clock.pass(100_000);
    const { phase } = await driver;
    assert.ok(phase.kind === "ended" && phase.outcome === "stuck");
    assert.match(phase.cause?.why ?? "", /live is shop: blue 95 %, green 5 %; no connection/);
  });

  it("takes back what a policy refuses in the preview, before anything of that step has moved", async () => {
    const { clock, stack, driveFrom } = await rollout();
    stack.previews = [{ kind: "done" }, { kind: "refused", why: "prod, no-friday: it is Friday" }];
    const driver = driveFrom();
    await clock.pass(100_000);
    const { phase } = await driver;
    assert.ok(phase.kind === "ended" && phase.cause?.kind === "refused");
    assert.ok(!stack.log.includes("to green: blue 50 %, green 50 %"));
  });

  it("waits for another update that has the stack", async () => {
    const { clock, stack, events, driveFrom } = await rollout();
    stack.ups = [
      { kind: "locked", why: "the stack is currently locked" },
      { kind: "locked", why: "the stack is currently locked" },
    ];
    const driver = driveFrom();
    await clock.pass(300_000);
    await driver;
    assert.equal(events.filter(({ event }) => event === "locked").length, 1);
    assert.equal(stack.live.activeColor, "green");
  });

  it("does what is asked for from elsewhere: pause, resume, promote", async () => {
    const { clock, stack, driveFrom, ask, kept } = await rollout({ approve: true });
    const driver = driveFrom();
    await clock.pass(10);
    await ask("pause");
    await clock.pass(600_000);
    assert.deepEqual((await kept()).phase, { kind: "paused", why: "asked" });
    await ask("resume");
    await clock.pass(130_000);
    assert.equal((await kept()).phase.kind, "waiting");
    assert.equal(stack.live.canaryWeight, 50);
    await ask("promote");
    await clock.pass(70_000);
    assert.equal((await driver).phase.kind, "ended");
  });

  it("takes the release back when nobody approves in time", async () => {
    const { clock, stack, driveFrom } = await rollout({ approve: true, idleTimeout: 900 });
    const driver = driveFrom();
    await clock.pass(1_100_000);
    const { phase } = await driver;
    assert.ok(phase.kind === "ended" && phase.cause?.kind === "timeout");
    assert.deepEqual(stack.live, blueServes);
  });

  it("leaves the rollout where it is when it is interrupted, and another driver goes on", async () => {
    const { clock, stack, stop, lease, take, driveFrom, kept } = await rollout();
    const driver = driveFrom();
    await clock.pass(70_000);
    stop.abort(new Error("interrupted by SIGTERM"));
    await assert.rejects(driver, /interrupted by SIGTERM/);
    await lease.release();
    assert.equal(stack.live.canaryWeight, 50);
    const state = await kept();
    assert.equal(state.step, 1);
    const second = await take(11);
    const { state: from, effects } = next(second.state ?? assert.fail(), { kind: "took-over", then: "continue" });
    assert.deepEqual(from, state);
    assert.deepEqual(effects, [{ kind: "soak", seconds: 60 }]);
  });

  it("ends, and writes nothing more, when another driver has taken over", async () => {
    const { clock, stack, take, driveFrom } = await rollout();
    const driver = driveFrom();
    await clock.pass(10);
    await take(11);
    await clock.pass(120_000);
    await assert.rejects(driver, LostLeaseError);
    assert.equal(stack.log.length, 1);
  });
});
