import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Analysis, type Look } from "../../driver/analysis/analysis";
import { type MetricProvider, type Reading } from "../../driver/analysis/model";
import { providerKinds } from "../../driver/analysis/providers/registry";
import { parseAnalysis } from "../../driver/analysis/spec";
import { cacheFolder } from "../../sandbox/toolchain/cache";
import { FakeClock } from "../support/clock";
import { documentedAnalyses } from "../support/documents";
import { type Engine, engines } from "../support/elasticsearch/engines";
import { ensureEngine } from "../support/elasticsearch/install";
import { SearchNode } from "../support/elasticsearch/node";

const { signal } = new AbortController();
const to = Date.parse("2026-11-24T12:00:00Z");
const window = { from: to - 60_000, to };

type Log = Readonly<Record<string, unknown>>;

/** An access log line in the fields of ECS, https://www.elastic.co/docs/reference/ecs; durations are nanoseconds there. */
function accessLog(at: number, color: string, status: number, milliseconds: number): Log {
  return {
    "@timestamp": new Date(at).toISOString(),
    "service.name": "shop",
    "labels.color": color,
    "http.response.status_code": status,
    "event.duration": milliseconds * 1e6,
  };
}

/** Lines of one color within the window: the last so many are errors, and each takes `step` ms longer than the one before. */
function accessLogs(color: string, count: number, errors: number, step: number): Log[] {
  return Array.from({ length: count }, (_, index) =>
    accessLog(to - index, color, index < count - errors ? 200 : 503, (index + 1) * step),
  );
}

for (const engine of engines)
  describe(`the analysis of logs in a real ${engine.name}`, () => {
    logsIn(engine);
  });

function logsIn(engine: Engine): void {
  let node: SearchNode;
  let url: string;

  before(async () => {
    const { env } = process;
    const args = { cache: cacheFolder(env), env, fetch, report: () => undefined };
    node = new SearchNode(await ensureEngine(engine, args));
    url = await node.url;
    // As Elastic's own templates have it: what is text is a keyword.
    const keywords = { mapping: { type: "keyword" }, match_mapping_type: "string" };
    const mappings = { dynamic_templates: [{ keywords }], properties: { "@timestamp": { type: "date" } } };
    const template = { index_patterns: ["logs-*", "filebeat-*"], template: { mappings } };
    await send("PUT", "/_index_template/logs", template);
    await index("logs-shop", [...accessLogs("blue", 300, 6, 0.5), ...accessLogs("green", 100, 10, 2)]);
  });

  after(() => node.stop());

  async function send(method: string, path: string, body: unknown): Promise<void> {
    const json = { "content-type": "application/json" };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, { method, headers: json, body: text });
    const answer = await response.text();
    assert.ok(response.ok && !answer.includes('"errors":true'), answer);
  }

  /** Indexes documents, to be found at once. */
  function index(name: string, documents: readonly Log[]): Promise<void> {
    const lines = documents.flatMap((document) => [JSON.stringify({ index: {} }), JSON.stringify(document)]);
    return send("POST", `/${name}/_bulk?refresh=true`, `${lines.join("\n")}\n`);
  }

  function source(index = "logs-*", timeout = 20_000): MetricProvider {
    const args = { fetch, clock: new FakeClock(), timeout, secrets: {}, cluster: {}, namespace: "default" };
    return providerKinds.elasticsearch.create({ url, index }, args);
  }

  const ask = (query: unknown, index?: string): Promise<Reading> => source(index).query(query, { window, signal });
  const value = (reading: Reading): unknown => (reading.kind === "sample" ? reading.series[0]?.value : reading);
  const refused = async (reading: Promise<Reading>, why: RegExp): Promise<void> => {
    const got = await reading;
    assert.ok(got.kind === "failure" && why.test(got.why), inspect(got));
  };
  const percentile = (color: string, field = "event.duration") => ({
    query: `labels.color:${color}`,
    aggs: { latency: { percentiles: { field, percents: [95] } } },
    value: "aggregations.latency.values.95\\.0",
  });

  it("counts requests and errors of each color, and none is zero", async () => {
    const counted = async (query: string) => value(await ask(`service.name:shop AND ${query}`));
    assert.equal(await counted("labels.color:blue"), 300);
    assert.equal(await counted("labels.color:green"), 100);
    assert.equal(await counted("labels.color:blue AND http.response.status_code:>=500"), 6);
    assert.equal(await counted("labels.color:green AND http.response.status_code:[500 TO 599]"), 10);
    assert.equal(await counted("labels.color:red"), 0);
  });

  it("counts from after the window's beginning to its end", async () => {
    const at = [window.from, window.from + 1, window.to, window.to + 1];
    await index(
      "logs-edge",
      at.map((time) => accessLog(time, "edge", 200, 1)),
    );
    assert.equal(value(await ask("labels.color:edge")), 2);
  });

  it("gives a quantile of the latency, and a count out of an aggregation", async () => {
    const p95 = value(await ask(percentile("green")));
    assert.ok(typeof p95 === "number" && Math.abs(p95 - 190e6) <= 2e6, inspect(p95));
    const slow = { filter: { range: { "event.duration": { gt: 100e6 } } } };
    const count = { query: "labels.color:green", aggs: { slow }, value: "aggregations.slow.doc_count" };
    assert.equal(value(await ask(count)), 50);
  });

  it("has no data where there is nothing to take a quantile of, or nothing at the path", async () => {
    const why = "the answer has nothing at aggregations.latency.values.95\\.0";
    assert.deepEqual(await ask(percentile("red")), { kind: "no-data", why });
    const elsewhere = { ...percentile("green"), value: "aggregations.p95.value" };
    assert.deepEqual(await ask(elsewhere), {
      kind: "no-data",
      why: "the answer has nothing at aggregations.p95.value",
    });
  });

  it("fails on a wrong query, a wrong aggregation and an index that is not there, with what the server says", async () => {
    await refused(ask("labels.color:("), /answered 400: .*(parse_exception|Failed to parse query)/);
    const wrong = { query: "*", aggs: { a: { no_such_kind: {} } }, value: "aggregations.a.value" };
    await refused(ask(wrong), /answered 400: .*no_such_kind/);
    await refused(ask("*", "audit"), /answered 404: .*index_not_found_exception/);
  });

  it("fails when some of the shards cannot answer, although the server's status is 200", async () => {
    await index("mixed-1", [accessLog(to, "green", 200, 5)]);
    await index("mixed-2", [{ ...accessLog(to, "green", 200, 5), "event.duration": "5 ms" }]);
    await refused(ask(percentile("green"), "mixed-*"), /^1 shards of mixed-\* did not answer$/);
  });

  it("leaves a server alone that has no memory for a query", async () => {
    const limit = (bytes: string | null) =>
      send("PUT", "/_cluster/settings", { transient: { "indices.breaker.request.limit": bytes } });
    await limit("1kb");
    try {
      const reading = await ask(percentile("green"));
      assert.ok(reading.kind === "failure" && reading.retryAfterSeconds === 30, inspect(reading));
      assert.match(reading.why, /asks to be left alone for 30 s \(status 429\)$/);
    } finally {
      await limit(null);
    }
  });

  it("fails when there is no answer in time", async () => {
    node.pause();
    try {
      await refused(source("logs-*", 500).query("*", { window, signal }), /did not answer in 0\.5 s$/);
    } finally {
      node.resume();
    }
  });

  it("is checked before traffic moves: the index is there, or a pattern matches one", async () => {
    assert.equal(await source().check(signal), undefined);
    assert.match((await source("audit").check(signal)) ?? "", /answered 404: .*index_not_found_exception/);
    const none = `${url} has no index audit-*, or none that these credentials may read`;
    assert.equal(await source("audit-*").check(signal), none);
  });

  describe("as the documentation has it for Filebeat", () => {
    const p95 = {
      name: "p95 latency",
      judge: "threshold",
      query: {
        query: "kubernetes.labels.cyan_dev\\/color:{{color}}",
        aggs: { latency: { percentiles: { field: "http.duration", percents: [95] } } },
        value: "aggregations.latency.values.95\\.0",
      },
      successCondition: "result < 0.2",
    };

    /** Judges a release of `service`, of whose 200 requests to each color so many of green were errors, and took so long. */
    async function judged(service: string, errors: number, seconds: number): Promise<Look> {
      const [documented] = documentedAnalyses("observability.md").filter((each) => inspect(each).includes("elastic"));
      const { providers, metrics } = documented as { providers: { logs: object }; metrics: object[] };
      const parsed = parseAnalysis({ providers: { logs: { ...providers.logs, url } }, metrics: [...metrics, p95] });
      assert.ok("spec" in parsed, inspect(parsed));
      const clock = new FakeClock(Date.parse("2026-11-25T12:00:00Z"));
      const subject = { namespace: "default", services: [service], canary: "green", active: "blue" } as const;
      const secrets = { env: { ELASTIC_API_KEY: "bm90OnVzZWQ=" }, credentials: {} };
      const analysis = new Analysis({ spec: parsed.spec, subject, clock, fetch, secrets, cluster: {} });

      const lines = (color: string, bad: number, duration: number): Log[] =>
        Array.from({ length: 200 }, (_, index) => ({
          "@timestamp": new Date(clock.now() - index).toISOString(),
          kubernetes: { labels: { "cyan_dev/color": color, "app_kubernetes_io/name": service } },
          http: { status: index < bad ? 500 : 200, duration },
        }));
      await index("filebeat-2026.11.24", lines("blue", 2, 0.01));
      assert.deepEqual(await analysis.check(signal), []);
      await analysis.look(signal);
      analysis.beginStep();
      await clock.pass(10_000);
      await index("filebeat-2026.11.25", [...lines("blue", 2, 0.01), ...lines("green", errors, seconds)]);
      return analysis.look(signal);
    }

    it("passes a canary that is as good as the active color", async () => {
      const { outcome, metrics } = await judged("shop", 2, 0.01);
      assert.equal(outcome, "pass", inspect(metrics, { depth: 5 }));
      assert.deepEqual(metrics[0]?.verdict.evidence.seen, { canary: 200, active: 200 });
    });

    it("fails one with many errors, and one that is slow", async () => {
      const bad = await judged("cart", 40, 0.01);
      assert.equal(bad.outcome, "fail");
      assert.match(bad.why, /^errors of cart: the canary is worse, at 99\.\d+ % confidence at any look/);
      const slow = await judged("search", 2, 0.9);
      assert.equal(slow.outcome, "fail");
      assert.match(slow.why, /^p95 latency/);
    });
  });
}
