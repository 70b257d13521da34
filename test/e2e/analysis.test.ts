import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Analysis, type Look } from "../../driver/analysis/analysis";
import { builtInAnalysis, detectController } from "../../driver/analysis/built-in";
import { type MetricProvider, type Reading } from "../../driver/analysis/model";
import { providerKinds } from "../../driver/analysis/providers/registry";
import { systemClock } from "../../driver/clock";
import { entrance, sandboxStatus, shellVariables } from "../../sandbox/cluster/access";
import { down } from "../../sandbox/cluster/down";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { up } from "../../sandbox/cluster/up";
import { RunningLoad } from "../../sandbox/demo/load/client";
import { DemoStack } from "../../sandbox/demo/stack";
import { dashboardQueries } from "../support/dashboard";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);
const wasUp = sandboxStatus(paths).state === "ready";
const signal = new AbortController().signal;
const namespace = "cyan-dev";

const providerArgs = () => ({
  fetch,
  clock: systemClock,
  timeout: 5_000,
  secrets: {},
  cluster: { kubeconfig: paths.kubeconfig },
  namespace,
});

describe("an analysis on the embedded cluster", () => {
  const work = mkdtempSync(join(tmpdir(), "cyan-analysis-"));
  let stack: DemoStack;
  let prometheus: string;
  let source: MetricProvider;

  before(async () => {
    await up({ paths, env: process.env, report: () => undefined, signal });
    ({ prometheus } = sandboxStatus(paths));
    source = providerKinds.prometheus.create({ url: prometheus }, providerArgs());
    const variables = { ...process.env, ...shellVariables(paths, process.env) } as Record<string, string>;
    const template = join(checkout, "Pulumi.dev.yaml");
    stack = new DemoStack({ checkout, template, configFile: join(work, "Pulumi.dev.yaml"), variables, signal });
    await stack.select();
  });

  after(async () => {
    rmSync(work, { recursive: true });
    if (!wasUp) await down({ paths }, { keepData: false });
  });

  const ask = (query: string): Promise<Reading> => source.query(query, { window: { from: 0, to: Date.now() }, signal });

  /**
   * Releases green with these variables at 30 % of 100 requests/s, and looks until the verdict is this one. One that will fail
   * may pass a look before: a hundred requests of 5 % errors can be any from one to ten.
   */
  async function judged(outcome: Look["outcome"], env: Readonly<Record<string, string | undefined>>): Promise<Look> {
    const names = ["ERROR_RATE", "LATENCY_MS"].map((name) => [`services.shop.green.env.${name}`, env[name]] as const);
    const set = Object.fromEntries(names.filter(([, value]) => value !== undefined));
    await stack.configure({ canaryWeight: "30", ...set });
    const updated = await stack.up();
    assert.ok(updated.ok, updated.output);
    await stack.configure(Object.fromEntries(Object.keys(set).map((name) => [name, undefined])));

    const { origin, anywhere, wrap } = entrance(paths);
    const load = RunningLoad.start(
      { origin, anywhere, host: "shop.localhost", path: "/", rate: 100, count: 6_000, timeout: 5_000 },
      wrap,
    );
    try {
      await load.begun;
      const spec = { ...builtInAnalysis({ prometheus, controller: "traefik" }), interval: { seconds: 1 } };
      const subject = { namespace, services: ["shop"], canary: "green", active: "blue" } as const;
      const analysis = new Analysis({
        spec,
        subject,
        clock: systemClock,
        fetch,
        secrets: { env: {}, credentials: {} },
        cluster: {},
      });
      assert.deepEqual(await analysis.check(signal), []);
      await analysis.look(signal);
      analysis.beginStep();
      for await (const look of analysis.watch(AbortSignal.timeout(50_000))) if (look.outcome === outcome) return look;
      return assert.fail("the watch ended");
    } finally {
      await load.stop();
    }
  }

  const outcomes = ({ metrics }: Look): string[] => metrics.map(({ name, verdict }) => `${name}: ${verdict.outcome}`);

  it("fails a canary with 5 % errors by the built-in metrics, and no other metric", async () => {
    const look = await judged("fail", { ERROR_RATE: "0.05" });
    assert.equal(look.outcome, "fail", look.why);
    assert.equal(outcomes(look)[0], "errors: fail");
    assert.notEqual(outcomes(look)[1], "p95 latency: fail");
    assert.match(look.why, /^errors of shop: the canary is worse, at 99.\d+ % confidence at any look/);
  });

  it("fails a canary that is 300 ms slower by the built-in metrics", async () => {
    const look = await judged("fail", { LATENCY_MS: "300" });
    assert.deepEqual([look.outcome, outcomes(look)[1]], ["fail", "p95 latency: fail"], look.why);
    const { canary, active } = look.metrics[1]?.verdict.evidence ?? {};
    assert.ok(canary !== undefined && active !== undefined && canary.low >= 0.2 && active.value <= 0.1, look.why);
  });

  it("passes a good canary when it has seen enough requests", async () => {
    const look = await judged("pass", {});
    assert.deepEqual([look.outcome, ...outcomes(look)], ["pass", "errors: pass", "p95 latency: pass"], look.why);
    const seen = look.metrics[0]?.verdict.evidence.seen;
    assert.ok(seen !== undefined && seen.canary >= 100 && seen.active > seen.canary);
  });

  it("gets what the real Prometheus answers: vectors, scalars, nothing, no number, a wrong query", async () => {
    assert.deepEqual(await ask("vector(2)"), { kind: "sample", series: [{ labels: {}, value: 2 }] });
    assert.deepEqual(await ask("scalar(vector(3))"), { kind: "sample", series: [{ labels: {}, value: 3 }] });
    assert.deepEqual(await ask("nothing_has_this_name"), { kind: "no-data", why: "no series" });
    for (const none of ["vector(0) / 0", "vector(1) / 0"]) {
      assert.deepEqual(await ask(none), { kind: "no-data", why: "NaN or infinite" });
    }
    const wrong = await ask("sum(");
    assert.ok(wrong.kind === "failure" && /answered 400: .*parse error/.test(wrong.why), JSON.stringify(wrong));
    const pods = await ask("sum by (color) (http_requests_total)");
    assert.deepEqual(pods.kind === "sample" && pods.series.map(({ labels }) => labels["color"]).toSorted(), [
      "blue",
      "green",
    ]);
    const found = await detectController(async (query) => (await ask(query)).kind === "sample");
    assert.equal(found, "traefik");
  });

  it("is shown by a dashboard whose queries the real Prometheus takes, and has numbers for", async () => {
    for (const [panel, queries] of Object.entries(dashboardQueries())) {
      const [blue, green, ...nginx] = queries.map((query) =>
        query.replaceAll("$__rate_interval", "1h").replaceAll("$namespace", namespace).replaceAll("$service", "shop"),
      );
      for (const query of [blue, green]) {
        const reading = await ask(query ?? "");
        assert.equal(reading.kind, "sample", `${panel}: ${JSON.stringify(reading)}`);
      }
      // There is no ingress-nginx here: that nothing is wrong with its queries is all that can be seen.
      for (const query of nginx) assert.equal((await ask(query)).kind, "no-data", panel);
    }
  });

  it("runs a Kubernetes Job, which says 1 or 0, and removes it", async () => {
    const jobs = providerKinds.job.create({ timeout: "60s" }, providerArgs());
    assert.equal(await jobs.check(signal), undefined);
    const run = (env: Readonly<Record<string, string>>) => {
      // The demo ends well when it is told to stop, which its liveness probe sees to when every answer is an error.
      const container = {
        name: "check",
        image: "cyan.local/demo:v1",
        imagePullPolicy: "Never",
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
        livenessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1, failureThreshold: 1 },
      };
      // What the release's namespace asks of every pod.
      const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
      const restricted = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
      const containers = [{ ...container, securityContext }];
      const template = { spec: { restartPolicy: "Never", securityContext: restricted, containers } };
      return jobs.query({ spec: { backoffLimit: 0, template } }, { window: { from: 0, to: 0 }, signal });
    };
    const [well, badly] = await Promise.all([run({ ERROR_RATE: "1" }), run({ PORT: "none" })]);
    const value = (reading: Reading): unknown => (reading.kind === "sample" ? reading.series[0]?.value : reading);
    assert.deepEqual([value(well), value(badly)], [1, 0]);
    const refused = await jobs.query({ spec: {} }, { window: { from: 0, to: 0 }, signal });
    assert.ok(refused.kind === "failure" && refused.why.startsWith("the Job was not run"), JSON.stringify(refused));
  });
});
