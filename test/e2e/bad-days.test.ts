import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entrance, sandboxStatus, shellVariables } from "../../sandbox/cluster/access";
import { down } from "../../sandbox/cluster/down";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { up } from "../../sandbox/cluster/up";
import { tally } from "../../sandbox/demo/load/answer";
import { RunningLoad } from "../../sandbox/demo/load/client";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);
const wasUp = sandboxStatus(paths).state === "ready";
const work = mkdtempSync(join(tmpdir(), "cyan-bad-days-"));
const configFile = join(work, "Pulumi.dev.yaml");
const rate = 100;

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, ...shellVariables(paths, process.env), NO_COLOR: "1" });

function run(command: string, ...args: string[]): { ok: boolean; out: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: checkout, env: environment(), encoding: "utf8" });
  return { ok: status === 0, out: stdout + stderr };
}

const upArgs = ["up", "--yes", "--skip-preview", "--non-interactive", "--config-file", configFile];
const pulumiUp = () => run("pulumi", ...upArgs);
const kubectl = (...args: string[]): string => {
  const { ok, out } = run("kubectl", "--namespace", "cyan-dev", ...args);
  assert.ok(ok, out);
  return out;
};

/** Declares the config of the checkout with these changes, and nothing of earlier tests. */
function declare(values: Readonly<Record<string, string>>): void {
  copyFileSync(join(checkout, "Pulumi.dev.yaml"), configFile);
  const quick = { readyTimeout: "8s", drain: "1s", "gate.timeout": "3s" };
  for (const [path, value] of Object.entries({ ...quick, ...values })) {
    assert.ok(run("pulumi", "config", "set", "--path", path, value, "--config-file", configFile).ok);
  }
}

const backendOf = (ingress: string): string =>
  kubectl("get", "ingress", ingress, "-o", "jsonpath={.spec.rules[0].http.paths[0].backend.service.name}");
const weight = (): string =>
  kubectl(
    "get",
    "ingress",
    "shop-canary",
    "-o",
    "jsonpath={.metadata.annotations.nginx\\.ingress\\.kubernetes\\.io/canary-weight}",
  );
const traffic = () => ({ main: backendOf("shop"), canary: backendOf("shop-canary"), weight: weight() });
const blueServes = { main: "shop-blue", canary: "shop-green", weight: "0" };
const greenServes = { main: "shop-green", canary: "shop-blue", weight: "0" };

/** A `pulumi up` that runs on while the test does. */
function startedUp(): { child: ChildProcess; ended: Promise<unknown> } {
  const options = { cwd: checkout, env: environment(), detached: true };
  const child = spawn("pulumi", upArgs, { ...options, stdio: ["ignore", "pipe", "ignore"] });
  return { child, ended: once(child, "exit") };
}

/** Resolves when the first route of an update is being written, and the others are still to come. */
async function firstRoute(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (/Ingress release-shop updating/.test(seen)) resolve();
    });
    child.on("exit", () => {
      resolve();
    });
  });
}

const bringUp = () => up({ paths, env: process.env, report: () => undefined, signal: new AbortController().signal });

describe("a bad day", () => {
  let load: RunningLoad;

  before(async () => {
    await bringUp();
    assert.ok(run("pulumi", "stack", "select", "--create", "dev", "--non-interactive").ok);
    declare({});
    const first = pulumiUp();
    assert.ok(first.ok, first.out);
    const { origin, anywhere, wrap } = entrance(paths);
    const order = { origin, anywhere, host: "shop.localhost", path: "/", rate, timeout: 5_000 };
    for (;;) {
      const probe = RunningLoad.start({ ...order, count: rate / 2 }, wrap);
      await probe.finished;
      if (tally(probe.answers).lost === 0) break;
    }
    load = RunningLoad.start({ ...order, count: rate * 3_000 }, wrap);
    await load.begun;
  });

  after(async () => {
    await load.stop();
    declare({});
    run("pulumi", "destroy", "--yes", "--skip-preview", "--non-interactive", "--config-file", configFile);
    rmSync(work, { recursive: true });
    if (!wasUp) await down({ paths }, { keepData: false });
  });

  /** Nothing lost in any test: the load goes on through all of them, and what they leave is part of the next. */
  afterEach(async () => {
    const enough = load.answers.length + rate;
    while (load.answers.length < enough) await new Promise((resolve) => setTimeout(resolve, 50));
    const { lost, losses } = tally(load.answers);
    assert.equal(lost, 0, JSON.stringify(losses));
  });

  for (const [what, changes] of [
    ["cannot be pulled", { "services.shop.green.image": "cyan.local/demo:none" }],
    ["crashes", { "services.shop.green.env.CRASH_AFTER": "100ms" }],
    ["does not pass its probe", { "services.shop.green.env.READY_AFTER": "never" }],
  ] as const) {
    it(`a flip to a release that ${what} is refused and moves nothing, and is taken back by declaring blue`, () => {
      declare({ ...changes, activeColor: "green" });
      const refused = pulumiUp();
      assert.equal(refused.ok, false);
      assert.match(refused.out, /release-green-shop/);
      assert.deepEqual(traffic(), blueServes);
      declare({});
      const back = pulumiUp();
      assert.ok(back.ok, back.out);
      assert.deepEqual(traffic(), blueServes);
    });
  }

  it("a flip to a color that is ready, and too small for what serves, is refused by the gate unless it is forced", () => {
    declare({ activeColor: "green", "services.shop.green.replicas": "1" });
    const refused = pulumiUp();
    assert.equal(refused.ok, false);
    assert.match(refused.out, /the capacity gate did not hold within 3s, and no traffic was moved/);
    assert.match(refused.out, /shop green: 1 of 2 ready endpoints for 100 % of the requests/);
    assert.deepEqual(traffic(), blueServes);
    declare({ activeColor: "green", "services.shop.green.replicas": "1", "gate.force": "true" });
    const forced = pulumiUp();
    assert.ok(forced.ok, forced.out);
    assert.match(forced.out, /gate\.force is set/);
    assert.deepEqual(traffic(), greenServes);
    declare({});
    const back = pulumiUp();
    assert.ok(back.ok, back.out);
    assert.deepEqual(traffic(), blueServes);
  });

  it("an idle color that was scaled to nothing by hand is grown again before it serves", () => {
    kubectl("scale", "deployment", "shop-green", "--replicas=0");
    declare({ activeColor: "green" });
    const flipped = pulumiUp();
    assert.ok(flipped.ok, flipped.out);
    assert.deepEqual(traffic(), greenServes);
    declare({});
    assert.ok(pulumiUp().ok);
    assert.deepEqual(traffic(), blueServes);
  });

  it("routes that were edited or deleted by hand are named, and taken back by the next update", () => {
    declare({ canaryWeight: "10" });
    assert.ok(pulumiUp().ok);
    kubectl("annotate", "ingress", "shop-canary", "--overwrite", "nginx.ingress.kubernetes.io/canary-weight=50");
    const named = pulumiUp();
    assert.ok(named.ok, named.out);
    assert.match(named.out, /edited by hand: shop: the canary's weight is 50, 10 was recorded/);
    assert.deepEqual(traffic(), { ...blueServes, weight: "10" });
    kubectl("delete", "ingress", "shop-canary");
    assert.match(pulumiUp().out, /edited by hand: shop: the canary route is gone/);
    assert.deepEqual(traffic(), { ...blueServes, weight: "10" });
    kubectl("patch", "service", "shop", "-p", '{"spec":{"selector":{"cyan.dev/color":"green"}}}');
    declare({});
    assert.ok(pulumiUp().ok);
    const selector = "jsonpath={.spec.selector.cyan\\.dev/color}";
    assert.equal(kubectl("get", "service", "shop", "-o", selector), "blue");
    assert.deepEqual(traffic(), blueServes);
  });

  it("a new image under the users of the color that serves is refused before anything is changed", () => {
    declare({ "services.shop.blue.image": "cyan.local/demo:v3" });
    const refused = pulumiUp();
    assert.equal(refused.ok, false);
    assert.match(refused.out, /services\.shop\.blue\.image: blue serves cyan\.local\/demo:v1/);
    assert.doesNotMatch(refused.out, /^ +at /m);
    const image = "jsonpath={.spec.template.spec.containers[0].image}";
    assert.equal(kubectl("get", "deployment", "shop-blue", "-o", image), "cyan.local/demo:v1");
  });

  it("a cluster that does not answer is a warning in a preview", () => {
    declare({});
    const env = { ...environment(), KUBECONFIG: join(work, "nowhere") };
    const args = ["preview", "--non-interactive", "--config-file", configFile, "--refresh=false"];
    const { stdout, stderr } = spawnSync("pulumi", args, { cwd: checkout, env, encoding: "utf8" });
    assert.match(stdout + stderr, /live traffic could not be read/);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    it(`a flip whose update gets ${signal} between two routes leaves the old or the new traffic, and the next one ends it`, async () => {
      declare({ activeColor: "green" });
      const { child, ended } = startedUp();
      await firstRoute(child);
      process.kill(signal === "SIGKILL" ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
      await ended;
      const { main } = traffic();
      assert.ok(main === "shop-blue" || main === "shop-green", main);
      // What a killed update leaves locked is unlocked as its user would do it.
      run("pulumi", "cancel", "--yes", "--non-interactive");
      const next = pulumiUp();
      assert.ok(next.ok, next.out);
      assert.deepEqual(traffic(), greenServes);
      declare({});
      const back = pulumiUp();
      assert.ok(back.ok, back.out);
      assert.deepEqual(traffic(), blueServes);
    });
  }

  for (const part of ["kube-apiserver", "kubelet"]) {
    it(`a flip during which the ${part} is killed ends in the old or the new traffic, and the next update ends it`, async () => {
      declare({ activeColor: "green" });
      const { child, ended } = startedUp();
      await firstRoute(child);
      process.kill(sandboxStatus(paths).parts.find(({ name }) => name === part)?.pid ?? assert.fail(part), "SIGKILL");
      await ended;
      await bringUp();
      const { main } = traffic();
      assert.ok(main === "shop-blue" || main === "shop-green", main);
      const next = pulumiUp();
      assert.ok(next.ok, next.out);
      assert.deepEqual(traffic(), greenServes);
      declare({});
      const back = pulumiUp();
      assert.ok(back.ok, back.out);
      assert.deepEqual(traffic(), blueServes);
    });
  }

  it("two updates at once are one: the second is told that the stack is locked", async () => {
    declare({ activeColor: "green" });
    const { child, ended } = startedUp();
    await firstRoute(child);
    const second = pulumiUp();
    await ended;
    // The first may have ended before the second looked: then that one found everything done.
    if (!second.ok) assert.match(second.out, /the stack is currently locked/);
    const next = pulumiUp();
    assert.ok(next.ok, next.out);
    assert.deepEqual(traffic(), greenServes);
    declare({});
    assert.ok(pulumiUp().ok);
    assert.deepEqual(traffic(), blueServes);
  });
});
