import assert from "node:assert/strict";
import { join } from "node:path";
import { EmbeddedCluster } from "../support/embedded-stack";
import { embeddedEnvironment, RolloutStack } from "../support/rollout-stack";
import { RunningCommand } from "../support/running-command";

const checkout = join(__dirname, "..", "..");

interface Told {
  readonly event: string;
  readonly stack?: string;
}

const all = ["eu", "us", "ap"];

/** A release over some of them, one after the other. */
const wavesOver = (stacks: readonly string[], ...args: string[]): RunningCommand<Told> => {
  const release = ["--to", "green", "--steps", "50", "--interval", "0s", "--analysis", "none"];
  const over = stacks.map((stack) => `e2e-${stack}`).join(",");
  const where = { cwd: checkout, env: embeddedEnvironment() };
  return new RunningCommand<Told>(["rollout", "--stacks", over, ...release, ...args], where);
};

const waves = (...args: string[]): RunningCommand<Told> => wavesOver(all, ...args);

/** What happened to the stacks, in order. */
const stepsOf = ({ events }: RunningCommand<Told>): string[] =>
  events.flatMap(({ event, stack }) =>
    stack !== undefined && ["moved", "restored", "ended"].includes(event) ? [`${stack} ${event}`] : [],
  );

const allBlue = ["blue", "blue", "blue"];

describe("a rollout over three stacks of the embedded cluster", () => {
  const cluster = new EmbeddedCluster();
  const regions = all.map((name) => new RolloutStack(`e2e-${name}`, `cyan-${name}`));
  const [, us] = regions;

  before(async function () {
    this.timeout(300_000);
    await cluster.bringUp();
    for (const region of regions) region.create({ "ingress.host": `${region.name}.localhost`, previewHost: "" });
  });

  after(async () => {
    for (const region of regions) region.destroy();
    await cluster.leave();
  });

  beforeEach(async () => {
    for (const region of regions) await region.takeHome();
  });

  const active = (): string[] => regions.map((region) => region.live().active);

  it("is interrupted between two waves, goes on with those that are left, and releases one after the other", async () => {
    const first = waves("--soak", "1h");
    await first.until("wave-soaking");
    first.interrupt();
    await first.exits(130);
    assert.equal(first.events.at(-1)?.event, "waves-interrupted");
    assert.deepEqual(active(), ["green", "blue", "blue"]);
    const second = await waves().exits(0);
    const each = (stack: string): string[] => [`${stack} moved`, `${stack} moved`, `${stack} ended`];
    assert.deepEqual(
      [...stepsOf(first), ...stepsOf(second)],
      [...each("e2e-eu"), ...each("e2e-us"), ...each("e2e-ap")],
    );
    assert.equal(second.events.at(-1)?.event, "waves-ended");
    assert.deepEqual(active(), ["green", "green", "green"]);
  });

  it("takes the first one back when the second one fails, and does not touch the third", async () => {
    us?.pulumi("config", "set", "--path", "services.shop.green.image", "cyan.local/none:1");
    const failed = await waves().exits(1);
    assert.match(failed.text(), /"event":"wave-failed","failure":\{"stack":"e2e-us",[^\n]*"stacks":\["e2e-eu"\]/);
    assert.match(failed.text(), /"standings":\{"e2e-eu":"restored","e2e-us":"restored","e2e-ap":"waiting"\}/);
    assert.deepEqual(active(), allBlue);
  });

  it("is taken back by the same command when it was killed after a failure, and only then tells what is wrong", async () => {
    const killed = waves();
    await killed.until("moved");
    // Nothing on record of this stack will say that it stopped the waves.
    us?.pulumi("config", "set", "activeColor", "red");
    await killed.until("took-over");
    await killed.kill();
    const another = await wavesOver(["eu", "ap"]).exits(2);
    assert.match(another.text(), /error: stack e2e-eu: it is still to be taken back, for e2e-us stopped its waves: /);
    assert.match(another.text(), /; run it again over e2e-eu,e2e-us,e2e-ap, or: npx cyan rollback --stack e2e-eu\n/);
    assert.deepEqual(another.events, []);
    const second = await waves().exits(2);
    assert.match(second.text(), /"event":"wave-failed","failure":\{"stack":"e2e-us",[^\n]*"stacks":\["e2e-eu"\]/);
    assert.deepEqual(stepsOf(second), ["e2e-eu restored", "e2e-eu ended"]);
    assert.match(second.text(), /"standings":\{"e2e-eu":"restored","e2e-us":"waiting","e2e-ap":"waiting"\}/);
    assert.deepEqual(active(), allBlue);
    const third = await waves().exits(2);
    assert.deepEqual(third.events, []);
    assert.match(third.text(), /error: the config of stack e2e-us has a problem:\n {2}activeColor: is "red"/);
  });
});
