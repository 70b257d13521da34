import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Analysis, AnalysisError, type Look } from "../../../driver/analysis/analysis";
import { parseAnalysis } from "../../../driver/analysis/spec";
import { FakeClock } from "../../support/clock";

/** What the fake Prometheus answers to a query: a number, nothing, or a response. */
type Answers = (query: string) => number | undefined | Response;

const proportion = {
  name: "errors",
  judge: "proportion",
  total: "requests {{environment}}",
  bad: "errors {{environment}}",
};

function start(answers: Answers, changed: object = {}, services = ["shop"]) {
  const parsed = parseAnalysis({
    providers: { prom: { kind: "prometheus", url: "http://prometheus", token: { env: "TOKEN" } } },
    metrics: [proportion],
    ...changed,
  });
  assert.ok("spec" in parsed, inspect(parsed));
  const clock = new FakeClock();
  const asked: string[] = [];
  const fetch = (_: unknown, init?: RequestInit): Promise<Response> => {
    const query = (init?.body as URLSearchParams | undefined)?.get("query") ?? "";
    asked.push(query);
    const answer = answers(query);
    if (answer instanceof Response) return Promise.resolve(answer.clone());
    const result = answer === undefined ? [] : [{ metric: {}, value: [0, String(answer)] }];
    return Promise.resolve(Response.json({ data: { resultType: "vector", result } }));
  };
  const subject = { namespace: "default", services, canary: "green", active: "blue" } as const;
  const secrets = { env: { TOKEN: "s3cr3t" }, credentials: {} };
  const analysis = new Analysis({ spec: parsed.spec, subject, clock, fetch, secrets, cluster: {} });
  const signal = new AbortController().signal;
  const look = async (): Promise<Look> => {
    await clock.pass(10_000);
    return analysis.look(signal);
  };
  const step = async (): Promise<void> => {
    await look();
    analysis.beginStep();
  };
  return { analysis, clock, asked, look, step, signal };
}

/** Counters that grow with each round of four queries: requests, and a share of errors of the canary. */
function growing(errors: number): Answers {
  const counts: Record<string, number> = {};
  return (query) => {
    const [what = "", environment = ""] = query.split(" ");
    const more = what === "requests" ? 200 : environment === "shop-green" ? 200 * errors : 2;
    return (counts[query] = (counts[query] ?? 0) + more);
  };
}

describe("an analysis of a release", () => {
  it("passes a good canary, and fails a bad one after a few looks", async () => {
    const good = start(growing(0.01));
    await good.step();
    assert.equal((await good.look()).outcome, "pass");

    const bad = start(growing(0.2));
    await bad.step();
    const { outcome, why } = await bad.look();
    assert.equal(outcome, "fail");
    assert.match(why, /^errors of shop: the canary is worse/);
  });

  it("asks of each color of each service, and judges each by itself", async () => {
    const { step, look, asked } = start(growing(0), {}, ["shop", "cart"]);
    await step();
    const { metrics } = await look();
    assert.deepEqual(
      asked.slice(0, 8).toSorted(),
      ["cart", "shop"]
        .flatMap((service) =>
          ["blue", "green"].flatMap((color) => [`errors ${service}-${color}`, `requests ${service}-${color}`]),
        )
        .toSorted(),
    );
    assert.deepEqual(
      metrics.map(({ service, verdict }) => [service, verdict.evidence.level?.toFixed(6)]),
      [
        ["shop", "0.004500"],
        ["cart", "0.004500"],
      ],
    );
  });

  it("keeps its evidence from step to step, and counts a step's requests anew", async () => {
    const { step, look, analysis } = start(growing(0.01), { metrics: [{ ...proportion, minimumRequests: 300 }] });
    await step();
    assert.equal((await look()).outcome, "hold");
    assert.equal((await look()).outcome, "pass");
    analysis.beginStep();
    const next = await look();
    assert.equal(next.outcome, "hold");
    assert.equal(next.metrics[0]?.verdict.evidence.seen.canary, 600);
  });

  it("yields a look at once and then at every interval", async () => {
    const { analysis, clock, signal } = start(growing(0));
    const began = clock.now();
    const times: number[] = [];
    for await (const { at } of analysis.watch(signal)) {
      times.push(at - began);
      if (times.length === 3) break;
      void clock.pass(10_000);
    }
    assert.deepEqual(times, [0, 10_000, 20_000]);
  });

  it("stops when its signal fires", async () => {
    const { analysis } = start(growing(0));
    await assert.rejects(analysis.look(AbortSignal.abort(new Error("interrupted"))), { message: "interrupted" });
  });

  it("shows what is only tried, and does not count it", async () => {
    const { step, look } = start(growing(0.5), { metrics: [{ ...proportion, dryRun: true }] });
    await step();
    const { outcome, metrics } = await look();
    assert.deepEqual([outcome, metrics[0]?.verdict.outcome], ["pass", "fail"]);
  });
});

describe("an analysis without data", () => {
  const outcomes = async (answers: Answers, changed: object, looks: number): Promise<string[]> => {
    const { step, look } = start(answers, changed);
    await step();
    const seen: string[] = [];
    for (let count = 0; count < looks; count += 1) seen.push((await look()).outcome);
    return seen;
  };
  const nothing: Answers = () => undefined;

  it("holds, then fails, unless it is told to fail at once or to pass", async () => {
    const limit = { noDataLimit: "30s" };
    assert.deepEqual(await outcomes(nothing, limit, 4), ["hold", "hold", "hold", "fail"]);
    assert.deepEqual(await outcomes(nothing, { onNoData: "fail" }, 1), ["fail"]);
    assert.deepEqual(await outcomes(nothing, { onNoData: "pass" }, 1), ["pass"]);
    const own = { onNoData: "fail", metrics: [{ ...proportion, onNoData: "pass" }] };
    assert.deepEqual(await outcomes(nothing, own, 1), ["pass"]);
  });

  it("takes NaN and infinite values for no data", async () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      assert.deepEqual(await outcomes(() => value, { onNoData: "fail" }, 1), ["fail"]);
    }
  });

  it("lets pass as many errors in a row as the limit says", async () => {
    const down: Answers = () => new Response("no", { status: 500 });
    assert.deepEqual(await outcomes(down, { consecutiveErrorLimit: 2 }, 4), ["hold", "hold", "fail", "fail"]);
    let count = 0;
    const flaky: Answers = (query) => (count++ % 8 < 4 ? new Response("no", { status: 500 }) : growing(0)(query));
    assert.ok(!(await outcomes(flaky, { consecutiveErrorLimit: 1 }, 8)).includes("fail"));
  });

  it("leaves a source alone that asks for it, and takes that for no data", async () => {
    const busy: Answers = () => new Response("", { status: 429, headers: { "retry-after": "25" } });
    const { step, look, asked } = start(busy, { consecutiveErrorLimit: 0, noDataLimit: "60s" });
    await step();
    const first = asked.length;
    assert.equal((await look()).outcome, "hold");
    assert.equal((await look()).outcome, "hold");
    assert.equal(asked.length, first);
    const third = await look();
    assert.equal(third.outcome, "hold");
    assert.ok(asked.length > first);
    assert.match(third.why, /prometheus asks to be left alone for 25 s/);
  });

  it("stays failed when the source goes down after the canary was seen to be bad", async () => {
    let down = false;
    const counts = growing(0.5);
    const { step, look } = start((query) => (down ? undefined : counts(query)), { onNoData: "pass" });
    await step();
    assert.equal((await look()).outcome, "fail");
    down = true;
    assert.equal((await look()).outcome, "fail");
  });
});

describe("an analysis' credentials", () => {
  it("are told when they are missing, all of them", () => {
    const parsed = parseAnalysis({
      providers: { dd: { kind: "datadog", apiKey: { env: "DD_API_KEY" }, appKey: { config: "ddAppKey" } } },
      metrics: [{ name: "m", judge: "comparison", query: "avg:x{*}" }],
    });
    assert.ok("spec" in parsed);
    const { spec } = parsed;
    const subject = { namespace: "default", services: [], canary: "green", active: "blue" } as const;
    const make = (): Analysis =>
      new Analysis({
        spec,
        subject,
        clock: new FakeClock(),
        fetch,
        secrets: { env: {}, credentials: {} },
        cluster: {},
      });
    assert.throws(make, (error) => {
      assert.ok(error instanceof AnalysisError);
      assert.deepEqual(error.problems, [
        "providers.dd.apiKey: the environment has no DD_API_KEY; export it",
        "providers.dd.appKey: the stack's config has no credentials.ddAppKey; run pulumi config set --secret --path credentials.ddAppKey",
      ]);
      return true;
    });
  });

  it("are in no text of an analysis, even when the source repeats them", async () => {
    const leaky: Answers = () => new Response("bad token s3cr3t", { status: 403 });
    const { analysis, step, look, signal } = start(leaky);
    await step();
    const seen = [inspect(analysis, { depth: 20 }), JSON.stringify(await look()), ...(await analysis.check(signal))];
    assert.match(seen.join("\n"), /answered 403: bad token \[secret\]/);
    assert.equal(seen.join("\n").includes("s3cr3t"), false);
  });
});
