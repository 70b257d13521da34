import assert from "node:assert/strict";
import { join } from "node:path";
import { type Changes, EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";
import { assertShare, servedBy } from "../support/measured-traffic";
import { LoadedStack, quickPods } from "../support/router-cases";
import { RunningCommand } from "../support/running-command";
import { eventually, Visitor } from "../support/visitor";

const checkout = join(__dirname, "..", "..");

/** Argo Rollouts keeps the pods of a version that lost its share for 30 s at least, and gives one up after 30 s. */
const base: Changes = { ...quickPods, readyTimeout: "30s" };
const argo = { router: "argo-rollouts" };

/** What Prometheus says of nothing is what the test wants it to say: it judges by a number that is an argument. */
const judging = (when: object = {}) => ({
  args: [{ name: "errors" }],
  metrics: [
    {
      name: "errors",
      ...when,
      successCondition: "result[0] < 5",
      provider: { prometheus: { address: "http://127.0.0.1:9090", query: "vector({{args.errors}})" } },
    },
  ],
});
const judgedBy = (templateName: string, errors: number) => ({
  templates: [{ templateName }],
  args: [{ name: "errors", value: String(errors) }],
});
const analysisTemplates = {
  once: judging(),
  always: judging({ interval: "2s" }),
  // After the update that it does not hold up.
  later: judging({ interval: "2s", initialDelay: "20s" }),
};
const byShare = (templateName: string, errors: number): Changes => ({
  argoRollouts: { analysis: judgedBy(templateName, errors), analysisTemplates },
});
const aborted = /Argo Rollouts has aborted what is declared \(.*\(AnalysisRun shop-.*\)\); it tries again when/;
const failed = /AnalysisRun (shop-[a-z0-9]+-\d+(-p(re|ost))?)\)/;

describe("the router argo-rollouts, with its controller on the embedded cluster", () => {
  const cluster = new EmbeddedCluster(["argo-rollouts"]);
  let stack: EmbeddedStack;
  const loaded = new LoadedStack(() => stack);

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack(base, "e2e-argo");
    await loaded.begin({}, {});
  });

  after(async () => {
    await loaded.end();
    stack.destroy();
    await cluster.leave();
  });

  const reach = (changes: Changes = {}): void => {
    loaded.reach({ ...argo, ...changes });
  };
  const cyan = (...args: string[]): RunningCommand =>
    new RunningCommand([...args, "--stack", stack.name], { cwd: checkout, env: stack.environment });
  const phase = (): string => stack.field("rollout/shop", ".status.phase");

  it("takes over from the pods of ingress-nginx without a loss", async () => {
    reach();
    await servedBy("blue", {});
    assert.equal(stack.field("deployments", ".items[*].spec.replicas"), "0 0");
    loaded.nothingLost();
  });

  for (const canaryWeight of [1, 5, 20, 50, 100]) {
    it(`gives ${canaryWeight} % of the requests to the canary when the update has ended`, async () => {
      reach({ canaryWeight });
      assert.equal(phase(), "Paused");
      await assertShare(canaryWeight, {}, 5_000, 300);
      loaded.nothingLost();
    });
  }

  it("promotes, rolls back to pods that are there yet, and flips at once, without a loss", async () => {
    for (const activeColor of ["green", "blue", "green", "blue"]) {
      reach({ activeColor });
      assert.equal(phase(), "Healthy");
      await servedBy(activeColor, {});
    }
    loaded.nothingLost();
  });

  it("has nothing to do when everything is as declared", () => {
    const { ok, out } = stack.up("--expect-no-changes");
    assert.ok(ok, out);
  });

  it("takes no flip and weight of the next color at once", () => {
    stack.declare({ ...argo, activeColor: "green", canaryWeight: 20 });
    const { ok, out } = stack.up();
    assert.ok(!ok, out);
    assert.match(out, /canaryWeight: with the router argo-rollouts the idle color gets a share when green has all/);
  });

  it("fails when a version does not become ready, which serves nobody, and goes on from there", async () => {
    stack.declare({ ...argo, canaryWeight: 20, "services.shop.green.env.READY_AFTER": "never" });
    const { ok, out } = stack.up();
    assert.ok(!ok, out);
    assert.match(out, /shop: Argo Rollouts aborted, and what served serves on: /);
    await servedBy("blue", {});
    reach();
    loaded.nothingLost();
  });

  it("leads all requests back past the engine, and the next update goes on from there", async () => {
    reach({ canaryWeight: 50 });
    await cyan("abort").exits(0);
    await servedBy("blue", {});
    reach();
    loaded.nothingLost();
  });

  const refused = async (changes: Changes, says: RegExp): Promise<void> => {
    stack.declare({ ...argo, ...changes });
    const { ok, out } = stack.up();
    assert.ok(!ok, out);
    assert.match(out, says);
    const run = failed.exec(out)?.[1] ?? assert.fail(out);
    assert.equal(stack.field(`analysisrun/${run}`, ".status.phase"), "Failed");
    await servedBy("blue", {});
    loaded.nothingLost();
  };

  const saysAborted = async (): Promise<void> => {
    const where = { cwd: checkout, env: stack.environment };
    const plan = new RunningCommand<{ warnings: string[] }>(["plan", "--stack", stack.name], where);
    assert.match((await plan.exits(0)).events[0]?.warnings.join() ?? "", aborted);
    const status = new RunningCommand<{ services: { drift: string[] }[] }>(["status", "--stack", stack.name], where);
    assert.match((await status.exits(1)).events[0]?.services[0]?.drift.join() ?? "", aborted);
  };

  it("ends an update in the verdict of an analysis that ends by itself, with nobody on what failed", async () => {
    reach({ canaryWeight: 20, ...byShare("once", 4) });
    assert.equal(phase(), "Paused");
    assert.equal(stack.field("analysisruns", ".items[*].status.phase"), "Successful");
    const rest = stack.up("--expect-no-changes");
    assert.ok(rest.ok, rest.out);
    reach();
    const failing: Changes = { canaryWeight: 20, ...byShare("once", 6) };
    await refused(failing, /shop: Argo Rollouts aborted, and what served serves on: .*Metric "errors" assessed Failed/);
    await saysAborted();
    const again = stack.up();
    assert.ok(!again.ok, again.out);
    assert.match(again.out, failed);
    reach();
    loaded.nothingLost();
  });

  it("exchanges no version that an analysis before or after it refuses, and takes one back", async () => {
    for (const key of ["prePromotionAnalysis", "postPromotionAnalysis"]) {
      const judged = (errors: number): Changes => ({
        ...{ activeColor: "green" },
        argoRollouts: { strategy: "blue-green", [key]: judgedBy("once", errors), analysisTemplates },
      });
      await refused(judged(6), /p(re|ost)-promotion analysis .*Metric "errors" assessed Failed/);
      reach({ "argoRollouts.strategy": "blue-green" });
      reach(judged(4));
      await servedBy("green", {});
      reach({ "argoRollouts.strategy": "blue-green" });
    }
    loaded.nothingLost();
  });

  it("takes the share from a version that an analysis gives up later, and says so", async () => {
    reach({ canaryWeight: 20, ...byShare("always", 4) });
    assert.equal(phase(), "Paused");
    reach();
    reach({ canaryWeight: 20, ...byShare("later", 6) });
    stack.kubectl("wait", "--for=jsonpath={.status.phase}=Degraded", "--timeout=120s", "rollout/shop");
    await servedBy("blue", {});
    await saysAborted();
    assert.match(stack.reach({ ...argo, canaryWeight: 20, ...byShare("later", 6) }).out, aborted);
    assert.equal(phase(), "Degraded");
    reach();
    loaded.nothingLost();
  });

  it("is driven by a rollout to its end", async () => {
    const { events } = await cyan("rollout", "--steps", "20,50", "--interval", "1s").exits(0);
    assert.ok(events.some(({ event }) => event === "moved"));
    await servedBy("green", {});
    loaded.nothingLost();
  });

  it("exchanges whole versions by the strategy blue-green, without a loss", async () => {
    for (const activeColor of ["green", "blue", "green"]) {
      reach({ activeColor, "argoRollouts.strategy": "blue-green" });
      assert.equal(phase(), "Healthy");
      await servedBy(activeColor, {});
    }
    loaded.nothingLost();
  });

  it("gives way to another router by force alone, for that loses requests", async () => {
    stack.declare({ activeColor: "green" });
    const { ok, out } = stack.up();
    assert.ok(!ok, out);
    assert.match(out, /router: would change from argo-rollouts to ingress-nginx, and the pods that the controller of/);
    stack.declare({ activeColor: "green", "gate.force": true });
    const forced = stack.up();
    assert.ok(forced.ok, forced.out);
    await eventually(async () => {
      assert.equal((await new Visitor().ask()).color, "green");
    });
  });
});

describe("Argo Rollouts by the ratio of pods, on the embedded cluster", () => {
  const cluster = new EmbeddedCluster(["argo-rollouts"]);
  const nodePort = 30_080;
  const way = { origin: `http://127.0.0.1:${nodePort}`, fresh: true };
  const changes: Changes = {
    ...{ ingress: undefined, previewHost: undefined },
    ...{ "expose.type": "NodePort", "services.shop.expose.nodePort": nodePort, "services.shop.replicas": 4 },
  };
  const byPods: Changes = { ...changes, ...argo, "argoRollouts.routing": "replicas" };
  let stack: EmbeddedStack;
  const loaded = new LoadedStack(() => stack);

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack(base, "e2e-argo-pods");
    await loaded.begin({ ...changes, router: "service" }, way);
  });

  after(async () => {
    await loaded.end();
    stack.destroy();
    await cluster.leave();
  });

  it("takes over from the pods of a Service without a loss", async () => {
    loaded.reach(byPods);
    await servedBy("blue", way);
    loaded.nothingLost();
  });

  // Four pods of blue and one of green are 20 %, and the nearest to 5 %.
  for (const [canaryWeight, given] of [
    [5, 20],
    [20, 20],
    [50, 50],
    [100, 100],
  ] as const) {
    it(`gives ${given} % of the requests to the canary at a weight of ${canaryWeight}`, async () => {
      loaded.reach({ ...byPods, canaryWeight });
      assert.equal(stack.field("rollout/shop", ".status.phase"), "Paused");
      await assertShare(given, way);
      const where = { cwd: checkout, env: stack.environment };
      await new RunningCommand(["status", "--stack", stack.name], where).exits(0);
      loaded.nothingLost();
    });
  }

  it("flips and rolls back, and has nothing to do at rest, without a loss", async () => {
    for (const activeColor of ["blue", "green", "blue"]) {
      loaded.reach({ ...byPods, activeColor });
      await servedBy(activeColor, way);
    }
    const { ok, out } = stack.up("--expect-no-changes");
    assert.ok(ok, out);
    loaded.nothingLost();
  });

  it("takes the pods from a version that an analysis refuses", async () => {
    const refusedShare = { analysis: judgedBy("once", 6), analysisTemplates, routing: "replicas" };
    stack.declare({ ...byPods, canaryWeight: 20, argoRollouts: refusedShare });
    const { ok, out } = stack.up();
    assert.ok(!ok, out);
    assert.match(out, failed);
    await servedBy("blue", way);
    loaded.reach(byPods);
    loaded.nothingLost();
  });

  it("leads all requests back past the engine, and the next update goes on from there", async () => {
    loaded.reach({ ...byPods, canaryWeight: 50 });
    await new RunningCommand(["abort", "--stack", stack.name], { cwd: checkout, env: stack.environment }).exits(0);
    await servedBy("blue", way);
    loaded.reach(byPods);
    loaded.nothingLost();
  });
});
