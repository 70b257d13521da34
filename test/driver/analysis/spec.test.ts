import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatProblem } from "../../../components/model/problems";
import { readAnalysis } from "../../../driver/analysis/read";
import { parseAnalysis } from "../../../driver/analysis/spec";
import { UserError } from "../../../driver/invocation";

const right = {
  providers: { prom: { kind: "prometheus", url: "http://prometheus:9090" } },
  metrics: [
    { name: "errors", judge: "proportion", total: "sum(a{s='{{environment}}'})", bad: "sum(b)" },
    { name: "latency", judge: "quantile", buckets: "sum by (le) (c)" },
    { name: "queue", judge: "threshold", query: "d", successCondition: "result < 10" },
    { name: "cpu", judge: "comparison", query: "e" },
  ],
};

/** What is told of the right analysis with one thing changed. */
function problems(changed: object): string[] {
  const parsed = parseAnalysis({ ...right, ...changed });
  return "problems" in parsed ? parsed.problems.map(formatProblem) : [];
}

const metric = (changed: object, judge = "threshold"): object => ({
  metrics: [{ ...right.metrics.find((each) => each.judge === judge), ...changed }],
});
const provider = (changed: object): object => ({ providers: { prom: { ...right.providers.prom, ...changed } } });

describe("an analysis", () => {
  it("is completed with defaults", () => {
    const parsed = parseAnalysis(right);
    assert.ok("spec" in parsed);
    const { level, onNoData, interval, consecutiveErrorLimit, metrics } = parsed.spec;
    assert.deepEqual([level, onNoData, interval, consecutiveErrorLimit], [0.01, "hold", { seconds: 10 }, 4]);
    const [errors, latency] = metrics;
    assert.ok(errors?.judge === "proportion" && latency?.judge === "quantile");
    assert.deepEqual([errors.tolerance, errors.minimumRequests, latency.quantile], [1.1, 100, 0.95]);
  });

  for (const [what, changed, told] of [
    ["no metrics", { metrics: [] }, ["metrics: has no metric"]],
    ["a key that nothing reads", { onNodata: "pass" }, ["onNodata: unknown key; did you mean onNoData?"]],
    ["a rule for no data that is none", { onNoData: "wait" }, ['onNoData: is "wait"; choose one of fail, hold, pass']],
    ["an interval that is none", { interval: "10" }, ['interval: is "10"; write a duration such as 10s, 5m or 1h']],
    ["a level beyond one half", { level: 0.9 }, ["level: is 0.9; write a number between 0 and 0.5"]],
    [
      "an unknown judge",
      metric({ judge: "mean" }),
      ["metrics.0.judge: has no judge of proportion, quantile, threshold, comparison"],
    ],
    ["no query", metric({ query: undefined }), ["metrics.0.query: is missing"]],
    [
      "a metric's unknown key",
      metric({ succesCondition: "result > 1" }),
      ["metrics.0.succesCondition: unknown key; did you mean successCondition?"],
    ],
    [
      "a wrong condition",
      metric({ successCondition: "result >" }),
      [
        "metrics.0.successCondition: it ends where a number, result, result[0] or len(result) has to be; write a condition such as result >= 0.95",
      ],
    ],
    [
      "no condition",
      metric({ successCondition: undefined }),
      ["metrics.0.successCondition: is missing, and failureCondition too; write one of them"],
    ],
    [
      "an unknown provider",
      metric({ provider: "prometheus" }),
      ['metrics.0.provider: is "prometheus"; choose one of prom'],
    ],
    [
      "a query of another provider",
      metric({ query: { path: "/" } }),
      ['metrics.0.query: is {"path":"/"}; write a text'],
    ],
    [
      "an unknown variable",
      metric({ query: "a{c='{{colour}}'}" }),
      [
        "metrics.0.query: has no variable {{colour}}; there are service, color, environment, otherEnvironment, namespace, window",
      ],
    ],
    ["a name twice", { metrics: [right.metrics[2], right.metrics[2]] }, ['metrics.1.name: is "queue" a second time']],
    [
      "a tolerance below one",
      metric({ tolerance: 0.5 }, "proportion"),
      ["metrics.0.tolerance: is 0.5; write a number of at least 1"],
    ],
    [
      "an unknown kind of provider",
      provider({ kind: "graphite" }),
      ['providers.prom.kind: is "graphite"; choose one of prometheus, datadog, elasticsearch, web, job'],
    ],
    [
      "a provider's unknown key",
      provider({ tokn: { env: "T" } }),
      ["providers.prom.tokn: unknown key; did you mean token?"],
    ],
    ["a provider without an address", provider({ url: undefined }), ["providers.prom.url: is missing"]],
    [
      "credentials in an address",
      provider({ url: "http://me:secret@prometheus" }),
      ["providers.prom.url: has credentials in it; write them as token, or user and password"],
    ],
    [
      "a secret in the file",
      provider({ token: "abc" }),
      [
        "providers.prom.token: a secret does not stand here; write {env: NAME}, or {config: NAME} for one of the credentials in the config",
      ],
    ],
    [
      "a quantile of a source without buckets",
      { providers: { es: { kind: "elasticsearch", url: "http://es", index: "logs" } }, metrics: [right.metrics[1]] },
      ["metrics.0.provider: is of kind elasticsearch; a quantile needs the buckets that prometheus has"],
    ],
  ] as const) {
    it(`with ${what} is refused with what would be right`, () => {
      assert.deepEqual(problems(changed), told);
    });
  }

  it("tells everything at once, and repeats no secret", () => {
    const told = problems({
      ...provider({ token: "s3cr3t", url: "nowhere" }),
      level: 2,
      metrics: [{ judge: "threshold" }],
    });
    assert.deepEqual(
      told.map((each) => each.split(":")[0]),
      ["providers.prom.url", "providers.prom.token", "level", "metrics.0.name", "metrics.0.query"],
    );
    assert.ok(!told.join().includes("s3cr3t"));
  });
});

describe("an analysis file", () => {
  const folder = mkdtempSync(join(tmpdir(), "cyan-analysis-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (text: string): string => {
    const path = join(folder, "analysis.yaml");
    writeFileSync(path, text);
    return path;
  };

  it("is YAML or JSON", () => {
    assert.equal(readAnalysis(file(JSON.stringify(right))).metrics.length, 4);
    assert.equal(
      readAnalysis(
        file("providers: {p: {kind: prometheus, url: http://p}}\nmetrics: [{name: m, judge: comparison, query: q}]"),
      ).metrics.length,
      1,
    );
  });

  it("that is missing, or no YAML, or wrong, is one message", () => {
    assert.throws(
      () => readAnalysis(join(folder, "none.yaml")),
      (error) => error instanceof UserError && error.message.includes("none.yaml cannot be read"),
    );
    assert.throws(
      () => readAnalysis(file("a: [")),
      (error) => error instanceof UserError && error.message.includes("is neither YAML nor JSON"),
    );
    assert.throws(() => readAnalysis(file("interval: 10s")), {
      message: `the analysis ${join(folder, "analysis.yaml")} has 2 problems:\n  providers: write a map of names to providers\n  metrics: write a list of metrics`,
    });
  });
});
