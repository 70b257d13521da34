import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { entrance } from "../../sandbox/cluster/access";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { tally } from "../../sandbox/demo/load/answer";
import { RunningLoad } from "../../sandbox/demo/load/client";
import { type Changes, EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";

const rate = 100;

describe("what is rendered for Flagger, on the embedded cluster that has it", () => {
  const cluster = new EmbeddedCluster(["flagger"]);
  let stack: EmbeddedStack;
  let load: RunningLoad | undefined;
  let began = 0;

  before(async () => {
    await cluster.bringUp();
    // No shorter interval is taken by the controller.
    stack = new EmbeddedStack({ "rollout.interval": "10s", "rollout.steps": [50] });
    bringOut("first");
    await arrives("Initialized");
    const { origin, anywhere, wrap } = entrance(sandboxPaths(join(__dirname, "..", ".."), process.env));
    const order = { origin, anywhere, host: "shop.localhost", path: "/", rate, timeout: 5_000 };
    load = RunningLoad.start({ ...order, count: rate * 600 }, wrap);
    while (load.answers.at(-1)?.color !== "blue") await load.nextAnswer();
  });

  after(async () => {
    await load?.stop();
    stack.kubectl("delete", "namespace", "cyan-dev");
    stack.destroy();
    await cluster.leave();
  });

  beforeEach(() => {
    began = Date.now();
  });

  /** Renders, and applies as its users do. */
  function bringOut(what: string, changes: Changes = {}): void {
    stack.declare(changes);
    const out = join(stack.work, what);
    const args = ["render", "--router", "flagger", "--out", out, "--config-file", stack.configFile];
    const { ok, out: said } = stack.run(process.execPath, "driver/cyan.js", ...args);
    assert.ok(ok, said);
    stack.kubectl("apply", "--server-side", "--force-conflicts", "-k", out);
  }

  /** Waits in another process: answers of the load are read meanwhile. */
  async function arrives(phase: string): Promise<void> {
    const wait = ["wait", "--timeout=150s", `--for=jsonpath={.status.phase}=${phase}`, "canary/shop"];
    await promisify(execFile)("kubectl", ["--namespace", "cyan-dev", ...wait], { env: stack.environment });
  }

  function seen(): ReturnType<typeof tally> {
    return tally(load?.between(began, Infinity) ?? []);
  }

  it("brings out another version by its steps without a lost request, and leads all requests to it", async () => {
    bringOut("next", { activeColor: "green" });
    await arrives("Progressing");
    await arrives("Succeeded");
    const now = await load?.nextAnswer().then(() => load?.answers.at(-1));
    assert.equal(now?.color, "green");
    const { lost, losses, colors } = seen();
    assert.equal(lost, 0, JSON.stringify(losses));
    assert.ok((colors["blue"] ?? 0) > 0 && (colors["green"] ?? 0) > 0);
  });

  it("takes back what does not become ready, and no request sees it", async () => {
    bringOut("bad", { activeColor: "green", readyTimeout: "15s", "services.shop.green.env.READY_AFTER": "never" });
    await arrives("Failed");
    const { lost, losses, colors } = seen();
    assert.equal(lost, 0, JSON.stringify(losses));
    assert.deepEqual(Object.keys(colors), ["green"]);
  });
});
