import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { checkout } from "../../../driver/checkout";
import { systemClock } from "../../../driver/clock";
import { type Invocation } from "../../../driver/invocation";
import { holderOf } from "../../../driver/rollout/holder";
import { type Session } from "../../../driver/rollout/session";
import { jsonWaves } from "../../../driver/waves/report";
import { type WavesState } from "../../../driver/waves/state";
import { stoppedOn } from "../../../driver/waves/stopped";
import { StackTools } from "../../../driver/waves/stack-tools";
import { goodConfig, settingsOf } from "../../components/fixtures";
import { FakeLeases } from "../../support/leases";
import { FakeStack } from "../../support/release-stack";

const name = `waves-${process.pid}`;
const holder = holderOf({ user: "ada", host: "one", space: "1", pid: 1, started: "s", isAlive: () => true });

/** Waves that another stack has stopped. */
const failed: WavesState = {
  plan: { stacks: [name, "us"], concurrency: 1, soak: 0 },
  standings: { [name]: "restoring", us: "restored" },
  phase: "restoring",
  failure: { stack: "us", why: "5 % failed", code: 4 },
};

/** One stack, named `eu`, and the tools of waves over it. */
class World {
  readonly release = new FakeStack();
  readonly leases = new FakeLeases();
  readonly told: { readonly event: string; readonly stack?: string }[] = [];
  errors = "";
  /** Called when something that was told is on record. */
  onEvent: (event: string) => void = () => undefined;

  tools(id: string, interval = "0s"): StackTools {
    const stderr = new Writable({
      write: (chunk: Buffer, _, done) => {
        this.errors += chunk.toString();
        done();
      },
    });
    const write = (line: string): void => {
      const event = JSON.parse(line) as { event: string };
      this.told.push(event);
      this.onEvent(event.event);
    };
    return new StackTools({
      plan: { stacks: [name], concurrency: 1, soak: 0 },
      options: { steps: "50", interval, analysis: "none" },
      report: jsonWaves(write, () => new Date()),
      invocation: { env: {}, stderr, signal: new AbortController().signal, exitCode: 0 } as unknown as Invocation,
      known: new Map([[name, this.session()]]),
      ...{ id, clock: systemClock, open: () => Promise.resolve(this.session()) },
    });
  }

  /** The stack as its config has it now. */
  session(): Session {
    const { activeColor = "blue", canaryWeight = "0" } = this.release.config;
    const settings = settingsOf({ ...goodConfig, activeColor, canaryWeight });
    return {
      stack: { name, settings, secretKeys: [], warnings: [], recorded: {} },
      ...{ leases: this.leases, leaseName: "rollout", holder, user: "ada", live: this.release, release: this.release },
      events: { create: () => Promise.resolve(true) },
      routes: () => Promise.resolve([]),
    };
  }
}

describe("a stack of waves", () => {
  let world: World;
  beforeEach(() => (world = new World()));
  afterEach(() => {
    rmSync(join(checkout, ".cyan", "receipts", name), { recursive: true, force: true });
  });

  it("is promoted, is known to be, and is taken back when another one fails", async () => {
    const tools = world.tools("1");
    assert.deepEqual(await tools.roll(name), { kind: "promoted", stack: name });
    assert.deepEqual(world.release.live, { activeColor: "green", canaryWeight: 0 });
    assert.equal(await tools.left(name), undefined);
    assert.ok(world.told.every(({ stack }) => stack === name));

    assert.deepEqual(await tools.takeBack(name, failed), { kind: "taken-back", stack: name, standing: "restored" });
    assert.deepEqual(world.release.live, { activeColor: "blue", canaryWeight: 0 });
    assert.equal(await tools.left(name), "it was taken back meanwhile");
  });

  it("that fails is back already, and says why and with which code", async () => {
    world.release.ups = [{ kind: "refused", why: "the gate did not hold" }];
    const refused = { kind: "failed", stack: name, standing: "restored", why: "the gate did not hold", code: 3 };
    assert.deepEqual(await world.tools("1").roll(name), refused);
  });

  it("takes its release back when it is told to, in the middle of its rollout", async () => {
    const tools = world.tools("1", "1h");
    let aborted: Promise<void> | undefined;
    world.onEvent = (event) => {
      if (event === "watching") aborted = tools.abort(name, failed);
    };
    const ended = await tools.roll(name);
    assert.deepEqual(ended, {
      ...{ kind: "failed", stack: name, standing: "restored", code: 1 },
      why: "asked for by ada, for another stack failed",
    });
    await aborted;
    assert.deepEqual(world.release.live, { activeColor: "blue", canaryWeight: 0 });
  });

  it("does not begin when it was told to before it could", async () => {
    const tools = world.tools("1");
    await tools.abort(name, failed);
    const ended = await tools.roll(name);
    assert.deepEqual(ended, { kind: "failed", stack: name, standing: "waiting", why: "it was told to stop", code: 0 });
    assert.deepEqual(world.release.log, []);
  });

  it("goes on with its part of waves that were interrupted, and with no other rollout", async () => {
    const first = world.tools("1");
    world.release.ups = [() => Promise.reject(new Error("the engine is gone"))];
    const broken = await first.roll(name);
    assert.deepEqual(broken, { kind: "failed", stack: name, standing: "rolling", why: "the engine is gone", code: 1 });
    assert.match(world.errors, /Error: the engine is gone\n +at /);
    const other = await world.tools("2").roll(name);
    assert.deepEqual(other, {
      ...{ kind: "failed", stack: name, standing: "waiting", code: 2 },
      why: `stack ${name}: rollout 1 is not finished`,
    });
    assert.deepEqual(await world.tools("1").roll(name), { kind: "promoted", stack: name });
    assert.equal(world.told.filter(({ event }) => event === "took-over").length, 1);
  });

  it("is not taken back when another rollout has moved it since, and needs not to be when a person has done it", async () => {
    await world.tools("1").roll(name);
    const { activeColor } = world.release.live;
    Object.assign(world.release.config, { activeColor: "blue" });
    const done = await world.tools("1").takeBack(name, failed);
    assert.deepEqual([done, activeColor], [{ kind: "taken-back", stack: name, standing: "restored" }, "green"]);
    assert.equal(await world.tools("2").left(name), "another rollout has moved it since");
    const foreign = await world.tools("2").takeBack(name, failed);
    assert.deepEqual(foreign, { kind: "taken-back", stack: name, standing: "stuck" });
  });

  it("has why it is taken back on its Lease before that is begun", async () => {
    const tools = world.tools("1");
    await tools.roll(name);
    world.release.ups = [() => Promise.reject(new Error("the command was killed"))];
    await tools.takeBack(name, failed);
    const { standings, failure } = failed;
    assert.deepEqual(stoppedOn(await world.leases.read("rollout")), { id: "1", standings, failure });
  });

  it("counts as gone when its cluster cannot be asked, or what moved cannot be taken back", async () => {
    await world.tools("1").roll(name);
    world.leases.down = new Error("connection refused");
    const stuck = await world.tools("1").takeBack(name, failed);
    assert.deepEqual(stuck, { kind: "taken-back", stack: name, standing: "stuck" });
    assert.match(world.errors, /could not be taken back: connection refused\n$/);
  });
});
