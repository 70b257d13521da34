import assert from "node:assert/strict";
import { type JobApi, runJob } from "../../../../driver/analysis/providers/job";
import { type Reading } from "../../../../driver/analysis/model";
import { type ProviderName, providerKinds } from "../../../../driver/analysis/providers/registry";
import { Secret } from "../../../../driver/secret";
import { FakeClock } from "../../../support/clock";
import { type Received, WebServer } from "../../../support/web";

const window = { from: 1_700_000_000_000, to: 1_700_000_060_000 };
const signal = new AbortController().signal;
const secrets = { apiKey: new Secret("one"), appKey: new Secret("two") };

/** What a provider reads from an answer, and what it asked for. */
async function read(kind: ProviderName, settings: object, query: unknown, body: unknown): Promise<[Reading, Received]> {
  const server = await WebServer.start(() => ({ body }));
  try {
    const args = { fetch, clock: new FakeClock(), timeout: 1000, secrets, cluster: {}, namespace: "default" };
    const provider = providerKinds[kind].create({ ...settings, url: server.url }, args);
    const reading = await provider.query(query, { window, signal });
    return [reading, server.received[0] ?? assert.fail("nothing was asked")];
  } finally {
    await server.stop();
  }
}

/** The answer of https://docs.datadoghq.com/api/latest/metrics/#query-timeseries-points, with these points. */
const datadogAnswer = (...points: (number | null)[]) => ({
  status: "ok",
  res_type: "time_series",
  from_date: window.from,
  to_date: window.to,
  query: "sum:trace.http.request.errors{*}.as_count()",
  error: "",
  series: [
    {
      metric: "trace.http.request.errors",
      display_name: "trace.http.request.errors",
      scope: "color:green",
      aggr: "sum",
      interval: 20,
      length: points.length,
      pointlist: points.map((value, index) => [window.from + 20_000 * index, value]),
      tag_set: ["color:green"],
    },
  ],
});

describe("Datadog", () => {
  const settings = { apiKey: { env: "A" }, appKey: { env: "B" } };
  const value = (number: number): Reading => ({
    kind: "sample",
    series: [{ labels: { scope: "color:green" }, value: number }],
  });

  it("is asked over the window with both keys, and its counts are added up", async () => {
    const query = "sum:trace.http.request.errors{color:green}.as_count()";
    const [reading, { url, headers }] = await read("datadog", settings, query, datadogAnswer(3, null, 4));
    assert.deepEqual(reading, value(7));
    const asked = new URL(url, "http://datadog");
    assert.equal(asked.pathname, "/api/v1/query");
    assert.deepEqual(Object.fromEntries(asked.searchParams), { from: "1700000000", to: "1700000060", query });
    assert.deepEqual([headers["dd-api-key"], headers["dd-application-key"]], ["one", "two"]);
  });

  it("gives the last point of what is no count, or what it is told to", async () => {
    const gauge = "avg:system.load.1{color:green}";
    const [last] = await read("datadog", settings, gauge, datadogAnswer(1, 3, null));
    assert.deepEqual(last, value(3));
    const [mean] = await read("datadog", settings, { query: gauge, reduce: "mean" }, datadogAnswer(1, 3, null));
    assert.deepEqual(mean, value(2));
  });

  it("has no data in an empty answer, and fails on a wrong query, which it answers with status 200", async () => {
    const [empty] = await read("datadog", settings, "a", { status: "ok", series: [] });
    assert.deepEqual(empty, { kind: "no-data", why: "no series" });
    const [nulls] = await read("datadog", settings, "a", datadogAnswer(null, null));
    assert.deepEqual(nulls, { kind: "no-data", why: "no series" });
    const [wrong] = await read("datadog", settings, "a", { status: "error", error: "Error parsing query" });
    assert.deepEqual(wrong, { kind: "failure", why: "Datadog says: Error parsing query" });
  });
});

describe("Elasticsearch", () => {
  const settings = { index: "logs-*", apiKey: { env: "A" } };
  const shards = { total: 5, successful: 5, skipped: 0, failed: 0 };

  it("counts the documents of the window that match", async () => {
    const [reading, request] = await read("elasticsearch", settings, "color:green AND status:>=500", {
      count: 12,
      _shards: shards,
    });
    assert.deepEqual(reading, { kind: "sample", series: [{ labels: {}, value: 12 }] });
    assert.deepEqual(
      [request.method, request.url, request.headers.authorization],
      ["POST", "/logs-*/_count", "ApiKey one"],
    );
    assert.deepEqual(JSON.parse(request.body), {
      query: {
        bool: {
          filter: [
            { query_string: { query: "color:green AND status:>=500" } },
            { range: { "@timestamp": { gt: window.from, lte: window.to, format: "epoch_millis" } } },
          ],
        },
      },
    });
  });

  it("gives a number out of an aggregation", async () => {
    const aggs = { latency: { percentiles: { field: "duration", percents: [95] } } };
    const query = { query: "color:green", aggs, value: "aggregations.latency.values.95\\.0" };
    // As https://www.elastic.co/docs/reference/aggregations/search-aggregations-metrics-percentile-aggregation has it.
    const answer = {
      took: 3,
      timed_out: false,
      _shards: shards,
      hits: {},
      aggregations: { latency: { values: { "95.0": 0.165 } } },
    };
    const [reading, request] = await read("elasticsearch", settings, query, answer);
    assert.deepEqual(reading, { kind: "sample", series: [{ labels: {}, value: 0.165 }] });
    assert.equal(request.url, "/logs-*/_search");
    const { size, aggs: asked } = JSON.parse(request.body) as { size: number; aggs: unknown };
    assert.deepEqual([size, asked], [0, aggs]);
  });

  it("has no data where the aggregation is of nothing, and fails when a shard did not answer", async () => {
    const query = { query: "*", aggs: {}, value: "aggregations.a.value" };
    const [none] = await read("elasticsearch", settings, query, {
      _shards: shards,
      aggregations: { a: { value: null } },
    });
    assert.deepEqual(none, { kind: "no-data", why: "the answer has nothing at aggregations.a.value" });
    const [part] = await read("elasticsearch", settings, "*", { count: 3, _shards: { ...shards, failed: 2 } });
    assert.deepEqual(part, { kind: "failure", why: "2 shards of logs-* did not answer" });
    // The cluster's search.default_search_timeout ends a search so, with status 200 and what was found until then.
    const early = { timed_out: true, _shards: shards, aggregations: { a: { value: 3 } } };
    const [found] = await read("elasticsearch", settings, query, early);
    const why = "the search of logs-* timed out on the server, which answered with a part";
    assert.deepEqual(found, { kind: "failure", why });
  });
});

describe("a Job", () => {
  const run = async (outcomes: ("succeeded" | "failed" | undefined)[], milliseconds = 60_000) => {
    const clock = new FakeClock();
    const removed: string[] = [];
    const api: JobApi = {
      create: () => Promise.resolve("cyan-analysis-1"),
      outcome: () => {
        const outcome = outcomes.shift();
        if (outcome === undefined) void clock.pass(1_000);
        return Promise.resolve(outcome);
      },
      remove: (name) => {
        removed.push(name);
        return Promise.resolve();
      },
    };
    return { reading: await runJob(api, {}, { clock, milliseconds, signal }), removed };
  };

  it("is 1 when it succeeds, 0 when it fails, and removed in any case", async () => {
    const labels = { job: "cyan-analysis-1" };
    assert.deepEqual(await run([undefined, "succeeded"]), {
      reading: { kind: "sample", series: [{ labels, value: 1 }] },
      removed: ["cyan-analysis-1"],
    });
    assert.deepEqual((await run(["failed"])).reading, { kind: "sample", series: [{ labels, value: 0 }] });
    assert.deepEqual(await run([], 3_000), {
      reading: { kind: "failure", why: "Job cyan-analysis-1 did not end in 3 s" },
      removed: ["cyan-analysis-1"],
    });
  });
});
