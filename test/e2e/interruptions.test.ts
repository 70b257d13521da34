import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { join } from "node:path";
import { type ServiceStatus } from "../../driver/status/compare";
import { sandboxStatus } from "../../sandbox/cluster/access";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { EmbeddedCluster } from "../support/embedded-stack";
import { RolloutStack } from "../support/rollout-stack";
import { type RunningCommand } from "../support/running-command";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);
const cluster = new EmbeddedCluster();
const stack = new RolloutStack("e2e-interruptions");
const home = { active: "blue", weight: "0" };
const half = { active: "blue", weight: "50" };
const released = { active: "green", weight: "0" };

const rollout = (...args: string[]): RunningCommand =>
  stack.cyan("rollout", "--steps", "50", "--interval", "1h", "--analysis", "none", ...args);

/** The phase and the step that the driver which took over found. */
async function takenOver(driver: RunningCommand): Promise<readonly unknown[]> {
  const told = await driver.until("took-over");
  return told.event === "took-over" ? [told.phase, told.step] : [];
}

/** Where the rollout is, as `cyan status` says. */
async function phase(): Promise<string | undefined> {
  const status = stack.cyan<{ readonly rollout?: { readonly phase: string } }>("status");
  await status.code;
  return status.events[0]?.rollout?.phase;
}

/** A rollout that was paused at its step, and whose driver was killed then. */
async function killedWhilePaused(): Promise<void> {
  const first = rollout();
  await first.until("watching");
  await stack.cyan("pause").exits(0);
  await first.until("waiting");
  await first.kill();
  assert.equal(await phase(), "paused");
  assert.deepEqual(stack.live(), half);
}

/** A rollout that fails at its first look. */
const failing = (): RunningCommand => {
  const file = join(stack.work, "failing.yaml");
  writeFileSync(
    file,
    `
interval: 1s
providers: { source: { kind: prometheus, url: "${sandboxStatus(paths).prometheus}" } }
metrics: [{ name: always, judge: threshold, query: vector(1), successCondition: result < 1 }]
`,
  );
  return rollout("--analysis", file);
};

/** The next driver ends what the killed one had begun, whatever it is told, and moves nothing forward. */
async function endsTheTakingBack(): Promise<void> {
  const second = await rollout("--on-resume", "continue").exits(4);
  assert.deepEqual(await takenOver(second), ["restoring", 0]);
  const happened = second.events.map(({ event }) => event);
  assert.deepEqual(happened, ["took-over", "restoring", "led-back", "restored", "ended"], second.text());
  assert.deepEqual(stack.live(), home);
  assert.equal(stack.pulumi("config", "get", "canaryWeight").trim(), "0");
  assert.equal(await phase(), "ended, restored");
}

describe("a driver that is killed on the embedded cluster", () => {
  before(async () => {
    await cluster.bringUp();
    stack.create();
  });

  after(async () => {
    stack.destroy();
    await cluster.leave();
  });

  beforeEach(() => stack.takeHome());

  it("while it is paused leaves a rollout that stays paused under the next one, until it is told to go on", async () => {
    await killedWhilePaused();
    const second = rollout("--on-resume", "continue");
    assert.deepEqual(await takenOver(second), ["paused", 0]);
    await second.until("waiting");
    assert.equal(await phase(), "paused");
    await stack.cyan("resume").exits(0);
    await second.until("watching");
    await stack.cyan("promote", "--full").exits(0);
    await second.exits(0);
    assert.deepEqual(stack.live(), released);
  });

  it("while it is paused leaves a rollout that the next one takes back when it is told to", async () => {
    await killedWhilePaused();
    const second = await rollout("--on-resume", "rollback").exits(1);
    assert.deepEqual(await takenOver(second), ["paused", 0]);
    assert.deepEqual(stack.live(), home);
  });

  it("as it begins to take a release back leaves that to the next one", async () => {
    const first = failing();
    await first.until("restoring");
    await first.kill();
    await endsTheTakingBack();
  });

  it("in the update that takes a release back leaves that to the next one", async () => {
    const declared = configHas(/"kind":"restoring"/);
    const first = failing();
    await declared;
    await first.kill();
    await endsTheTakingBack();
  });

  it("in the update of the flip leaves it to the next one, which is killed when it has ended", async () => {
    const declared = configHas(/activeColor: green/);
    const first = rollout("--to", "green", "--interval", "0s");
    await declared;
    await first.kill();
    const second = rollout("--to", "green", "--interval", "0s");
    assert.deepEqual(await takenOver(second), ["moving", 1]);
    await second.until("ended");
    await second.kill();
    assert.deepEqual(stack.live(), released);
    assert.equal(await phase(), "ended, promoted");
    await stack.cyan("rollback").exits(0);
    assert.deepEqual(stack.live(), home);
  });

  it("is no matter to a status that is watched: it shows what another update moves, and ends when it is interrupted", async () => {
    const watched = stack.cyan<{ readonly services: readonly ServiceStatus[] }>("status", "--watch");
    const green = (declared: number, live: number) =>
      watched.find(({ services: [shop] }) => shop?.declared?.green === declared && shop.live?.green === live);
    await green(0, 0);
    stack.pulumi("config", "set", "canaryWeight", "20");
    const due = await green(20, 0);
    assert.match(due.services[0]?.drift.join() ?? "", /^declared is blue 80 %, green 20 %, and .*: run pulumi up$/);
    stack.pulumi("up", "--yes", "--skip-preview");
    const moved = await green(20, 20);
    assert.deepEqual(moved.services[0]?.drift, []);
    watched.interrupt();
    await watched.exits(130);
    assert.match(watched.text(), /\ninterrupted\n$/);
  });
});

/** Resolves when the stack's config has this; it is looked at from now on. */
async function configHas(text: RegExp): Promise<void> {
  for await (const change of watch(checkout)) {
    if (stack.configFile.endsWith(`/${change.filename}`) && text.test(readFileSync(stack.configFile, "utf8"))) return;
  }
}
