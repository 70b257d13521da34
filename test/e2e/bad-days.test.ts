import assert from "node:assert/strict";
import { join } from "node:path";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { cases } from "../reliability/cases";
import { CountedLoad } from "../reliability/counted-load";
import { quick, World } from "../reliability/world";
import { EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";

const paths = sandboxPaths(join(__dirname, "..", ".."), process.env);

describe("a release under load, each request counted", () => {
  const cluster = new EmbeddedCluster();
  let world: World;

  before(async () => {
    await cluster.bringUp();
    const stack = new EmbeddedStack(quick);
    stack.reach();
    world = new World(cluster, stack, await CountedLoad.start(paths, 100, 3_000));
  });

  after(async () => {
    await world.load.stop();
    world.stack.destroy();
    await cluster.leave();
  });

  for (const { name, run } of cases) {
    it(`${name}, and no request is lost`, async function () {
      this.timeout(900_000); // Some are a dozen updates.
      await run(world);
      await world.load.nextSecond();
      const { lost, losses } = world.load.counts();
      assert.equal(lost, 0, JSON.stringify(losses));
    });
  }

  it("a cluster that does not answer is a warning in a preview", () => {
    world.stack.declare();
    const preview = ["pulumi", "preview", "--non-interactive", "--config-file", world.stack.configFile];
    const { out } = world.stack.run("env", "KUBECONFIG=/nowhere", ...preview, "--refresh=false");
    assert.match(out, /live traffic could not be read/);
  });
});
