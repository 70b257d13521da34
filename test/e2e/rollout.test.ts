import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "../../components/live/connect";
import { connectEvents, mainRoutes } from "../../components/live/events";
import { connectLeases } from "../../components/live/leases";
import { readLive } from "../../components/live/read";
import { liveRouters } from "../../components/routers/live";
import { entrance, sandboxStatus } from "../../sandbox/cluster/access";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { isLost, tally } from "../../sandbox/demo/load/answer";
import { RunningLoad } from "../../sandbox/demo/load/client";
import { EmbeddedCluster } from "../support/embedded-stack";
import { parseOpenMetrics } from "../support/open-metrics";
import { RolloutStack } from "../support/rollout-stack";
import { type RunningCommand } from "../support/running-command";
import { Notified, passOn } from "../support/web";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);
const cluster = new EmbeddedCluster();
const stack = new RolloutStack("e2e-rollout");
const analysis = join(stack.work, "analysis.yaml");
const prometheusAnalysis = join(stack.work, "prometheus.yaml");
const metrics = join(stack.work, "cyan.prom");
const rate = 100;
const signingSecret = `whsec_${randomBytes(32).toString("base64")}`;
const home = { active: "blue", weight: "0" };

const rollout = (...args: string[]): RunningCommand =>
  stack.cyan("rollout", "--steps", "50", "--interval", "2s", "--analysis", analysis, ...args);
const packConfig = join(stack.work, "packs.json");
const frozen = { start: "* * * * *", duration: "5m", timeZone: "Europe/Berlin", reason: "audit" };
/** Tunes the policy pack to these windows, and no other rule: those on images and steps are not for the demo. */
const freeze = (...windows: readonly object[]): void => {
  const rule = { enforcementLevel: "mandatory", windows };
  writeFileSync(packConfig, JSON.stringify({ all: "disabled", "freeze-window": rule }));
};
/** Sets a variable of the color that is released. */
const setGreen = (key: string, value: string): void => {
  stack.pulumi("config", "set", "--path", `services.shop.green.env.${key}`, value);
};

describe("a rollout on the embedded cluster, under load", () => {
  let load: RunningLoad;
  let server: Server;
  let began = 0;
  let prometheusIsGone = false;
  let notified: Notified;

  before(async () => {
    await cluster.bringUp();
    stack.create(
      {
        "rollout.metrics.textfile": metrics,
        "rollout.notify.ledger.kind": "webhook",
        "rollout.notify.ledger.url.env": "CYAN_LEDGER",
        "rollout.notify.ledger.secret.config": "ledger",
      },
      { "credentials.ledger": signingSecret },
    );
    const { origin, anywhere, wrap } = entrance(paths);
    const order = { origin, anywhere, host: "shop.localhost", path: "/", rate, timeout: 5_000 };
    for (;;) {
      const probe = RunningLoad.start({ ...order, count: rate / 2 }, wrap);
      await probe.finished;
      if (tally(probe.answers).lost === 0) break;
    }
    load = RunningLoad.start({ ...order, count: rate * 3_000 }, wrap);
    await load.begun;
    server = createServer((request, response) => {
      if (request.url?.startsWith("/prometheus/")) {
        if (prometheusIsGone) request.socket.destroy();
        else
          void passOn(
            request,
            response,
            `${sandboxStatus(paths).prometheus}${request.url.slice("/prometheus".length)}`,
          );
        return;
      }
      if (request.method === "POST") {
        void notified.take(request, response);
        return;
      }
      const answers = load.between(Math.max(began, Date.now() - 3_000), Infinity);
      const lost = answers.filter(isLost).length;
      response.end(JSON.stringify({ share: lost / Math.max(1, answers.length) }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    writeFileSync(analysis, analysisOf(port));
    writeFileSync(prometheusAnalysis, prometheusAnalysisOf(port));
    process.env["CYAN_LEDGER"] = `http://127.0.0.1:${port}/very-secret`;
  });

  after(async () => {
    server.close();
    await load.stop();
    Reflect.deleteProperty(process.env, "CYAN_LEDGER");
    stack.destroy();
    await cluster.leave();
  });

  beforeEach(async () => {
    prometheusIsGone = false;
    notified = new Notified(signingSecret);
    await stack.takeHome();
    began = Date.now();
  });

  it("waits for approval, refuses a second driver, survives its own, and is promoted from elsewhere", async () => {
    const first = rollout("--approve");
    await first.until("waiting");
    assert.deepEqual(stack.live(), { active: "blue", weight: "50" });
    const second = await rollout().exits(5);
    assert.match(second.text(), /process \d+ drives this stack/);
    await first.kill();
    const promoted = await stack.cyan("promote").exits(0);
    assert.equal(promoted.events.at(-1)?.event, "ended");
    assert.deepEqual(stack.live(), { active: "green", weight: "0" });
    assert.equal(tally(load.between(began, Infinity)).lost, 0);
    const receipt = stack.run(process.execPath, "driver/cyan.js", "receipt", "--stack", stack.name).out;
    assert.match(receipt, /: promoted\n[^]*\| 50 % \| 50 % \|/);
    const described = stack.kubectl("describe", "ingress", "shop");
    for (const reason of ["RolloutBegan", "TrafficMoved", "RolloutWaiting", "RolloutTakenOver", "ReleasePromoted"]) {
      assert.match(described, new RegExp(` ${reason} `));
    }
    const tag = stack.pulumi("stack", "tag", "get", "cyan:rollout");
    assert.match(tag, /^\d{8}-\d{6} promoted, blue to green$/m);
    const samples = parseOpenMetrics(readFileSync(metrics, "utf8"));
    const state = samples.find(({ name, value }) => name === "cyan_rollout_state" && value === 1);
    assert.equal(state?.labels["state"], "promoted");
    assert.deepEqual(notified.types, ["began", "moved", "waiting", "took-over", "moved", "ended"]);
    assert.doesNotMatch(`${first.text()}${promoted.text()}${receipt}`, /very-secret|warning/);
  });

  it("goes on with an update that was killed in the middle, and is taken back by one that was killed while watching", async () => {
    const first = rollout();
    await first.until("moving");
    await first.kill();
    const second = stack.cyan("resume");
    await second.until("watching");
    await second.kill();
    const third = await rollout("--on-resume", "rollback").exits(1);
    assert.ok(third.events.some(({ event }) => event === "led-back"));
    assert.deepEqual(stack.live(), home);
    assert.equal(tally(load.between(began, Infinity)).lost, 0);
  });

  it("is taken back when nobody approves in time", async () => {
    await rollout("--approve", "--on-idle-timeout", "abort", "--idle-timeout", "1s").exits(1);
    assert.deepEqual(stack.live(), home);
  });

  it("of a release with 5 % errors is taken back at the verdict, long before the update that records it ends", async () => {
    setGreen("ERROR_RATE", "0.05");
    const failed = await rollout("--interval", "20s").exits(4);
    const verdict = Date.parse((await failed.until("judged")).time);
    // A tenth of it on an idle machine: npm run bench:abort measures it.
    const lost = load.between(verdict + 2_000, Infinity).filter(isLost);
    assert.deepEqual(lost, []);
    assert.deepEqual(stack.live(), home);
  });

  it("of a release that is 300 ms slower is taken back by the built-in metrics", async () => {
    setGreen("LATENCY_MS", "300");
    const failed = await stack.cyan("rollout", "--steps", "50", "--interval", "60s").exits(4);
    const judged = await failed.until("judged");
    assert.ok(judged.event === "judged" && /p95 latency of shop/.test(judged.why), failed.text());
    assert.deepEqual(stack.live(), home);
  });

  it("holds when Prometheus is gone, and is taken back when it stays away", async () => {
    const watched = rollout("--interval", "60s", "--analysis", prometheusAnalysis);
    await watched.until("looked");
    prometheusIsGone = true;
    await watched.exits(4);
    const verdicts = watched.events.flatMap((event) => (event.event === "looked" ? event.evidence : []));
    const [bad] = verdicts.filter(({ verdict }) => verdict === "fail");
    assert.ok(verdicts.filter(({ verdict }) => verdict === "hold").length >= 4, watched.text());
    assert.match(bad?.text ?? "", /was not reached/);
    assert.deepEqual(stack.live(), home);
    const refused = await rollout("--analysis", prometheusAnalysis).exits(2);
    assert.match(refused.text(), /cannot judge:\n.*was not reached/);
  });

  it("of a release that crashes at 50 % is taken back", async () => {
    setGreen("CRASH_AFTER", "12s");
    const failed = rollout("--interval", "30s");
    const code = await failed.code;
    assert.ok(code !== null && [1, 3, 4].includes(code), failed.text());
    assert.deepEqual(stack.live(), home);
  });

  it("is refused in a freeze window, and says by which rule, until when, and what to do", async () => {
    freeze(frozen);
    const pack = ["--policy-pack", "policies/prod", "--policy-pack-config", packConfig];
    const refused = await rollout(...pack).exits(3);
    const ended = refused.events.at(-1);
    assert.ok(ended?.event === "ended" && ended.cause?.kind === "refused", refused.text());
    assert.match(
      ended.cause.why,
      /^cyan-prod, freeze-window: [^]*\na freeze window \(audit\) is on until 20\d\d-\S+Z; release after it, or set the stack's tag cyan:freeze-exempt to true$/,
    );
    assert.ok(!refused.events.some(({ event }) => event === "moved"), refused.text());
    assert.deepEqual(stack.live(), home);
    const sinceItBegan = load.between(Date.parse(refused.events[0]?.time ?? ""), Infinity);
    assert.deepEqual(Object.keys(tally(sinceItBegan).colors), ["blue"]);
  });

  it("is taken back at its next step when a freeze window has begun meanwhile", async function () {
    this.timeout(400_000); // Ten runs of the engine with a pack: half a minute where nothing else runs.
    freeze();
    for (const [key, path] of Object.entries({ folder: "policies/prod", config: packConfig })) {
      stack.pulumi("config", "set", "--path", `rollout.policyPacks[0].${key}`, path);
    }
    const watched = rollout("--interval", "1h");
    await watched.until("watching");
    assert.deepEqual(stack.live(), { active: "blue", weight: "50" });
    freeze(frozen);
    await stack.cyan("promote").exits(0);
    await watched.exits(3);
    const ended = watched.events.at(-1);
    assert.match(ended?.event === "ended" ? (ended.cause?.why ?? "") : "", /a freeze window \(audit\) is on/);
    assert.equal(watched.events.filter(({ event }) => event === "moved").length, 1);
    assert.deepEqual(stack.live(), home);
    assert.equal(tally(load.between(began, Infinity)).lost, 0);
  });

  it("needs no more rights in the cluster than docs/rbac/driver.yaml gives", async () => {
    const kubeconfig = driverKubeconfig();
    const cluster = await connect("cyan-dev", { kubeconfig });
    const router = liveRouters["ingress-nginx"];
    const now = await readLive(Promise.resolve(cluster), ["shop"], router);
    assert.ok(now.known, JSON.stringify(now));
    await router.move(cluster, ["shop"], { activeColor: "blue", canaryWeight: 0 });
    const leases = await connectLeases("cyan-dev", { kubeconfig });
    const held = await leases.write("rights", { holder: "a", seconds: 15, annotations: {}, version: "" });
    assert.ok(held);
    assert.ok(await leases.write("rights", { ...held, holder: "b" }));
    assert.equal(await leases.write("rights", { ...held, holder: "c" }), undefined);
    const deployment = { apiVersion: "apps/v1", kind: "Deployment" };
    const [main = assert.fail("there is no route")] = await mainRoutes(cluster, router, ["shop"]);
    const written = { regarding: main, type: "Normal", action: "Test", instance: "test", at: new Date() } as const;
    const write = async (namespace: string): Promise<boolean> =>
      (await connectEvents(namespace, { kubeconfig })).create({ ...written, reason: "RightsTried", note: "by a test" });
    assert.deepEqual([await write("cyan-dev"), await write("default")], [true, false]);
    assert.match(stack.kubectl("describe", "ingress", "shop"), /Normal +RightsTried .* by a test/);
    const ours = stack.kubectl("get", "events", "--field-selector", "reportingComponent=cyan.dev/driver");
    assert.match(ours, /Normal +RightsTried +ingress\/shop +by a test/);
    await assert.rejects(cluster.patch(deployment, "shop-blue", { spec: { replicas: 0 } }), /forbidden/);
    stack.kubectl("delete", "lease", "rights");
    stack.kubectl("delete", "serviceaccount", "cyan-driver");
  });

  it("is ended by an abort from another process, also during an update", async () => {
    const first = rollout();
    await first.until("moving");
    await stack.cyan("abort").exits(0);
    await first.exits(1);
    assert.deepEqual(stack.live(), home);
    assert.equal(stack.pulumi("config", "get", "canaryWeight").trim(), "0");
    assert.ok(readdirSync(join(checkout, ".cyan", "receipts", stack.name)).length > 0);
    assert.match(readFileSync(stack.configFile, "utf8"), /"outcome":"restored"/);
  });
});

/** A kubeconfig of an account that has the rights in docs/rbac/driver.yaml, and no others. */
function driverKubeconfig(): string {
  const namespace = "cyan-dev";
  const role = readFileSync(join(checkout, "docs/rbac/driver.yaml"), "utf8");
  const file = join(stack.work, "driver.yaml");
  writeFileSync(file, role.replaceAll("namespace: shop", `namespace: ${namespace}`));
  stack.kubectl("create", "serviceaccount", "cyan-driver");
  stack.kubectl("apply", "--filename", file);
  const token = stack.kubectl("create", "token", "cyan-driver").trim();
  const minified = stack.kubectl("config", "view", "--minify", "--raw", "--output", "json");
  const { clusters } = JSON.parse(minified) as { clusters: { name: string }[] };
  const context = { name: "driver", context: { cluster: clusters[0]?.name, user: "driver" } };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters,
    users: [{ name: "driver", user: { token } }],
    contexts: [context],
    "current-context": "driver",
  });
}

/** Judges by the share of lost requests in the last seconds, as the load has counted them. */
function analysisOf(port: number): string {
  const provider = `{ kind: web, url: "http://127.0.0.1:${port}" }`;
  return analysisFile(provider, "errors", '{ path: "/", value: share }', "result < 0.01");
}

/** Judges by what the real Prometheus answers, by way of the test's server. */
function prometheusAnalysisOf(port: number): string {
  const provider = `{ kind: prometheus, url: "http://127.0.0.1:${port}/prometheus" }`;
  return analysisFile(provider, "up", "min(up)", "result >= 0");
}

function analysisFile(provider: string, metric: string, query: string, success: string): string {
  return `
interval: 1s
providers:
  source: ${provider}
metrics:
  - name: ${metric}
    judge: threshold
    query: ${query}
    successCondition: ${success}
`;
}
