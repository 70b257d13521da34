import assert from "node:assert/strict";
import { type MetricProvider } from "../../../../driver/analysis/model";
import { numberAt } from "../../../../driver/analysis/providers/http";
import { type ProviderName, providerKinds } from "../../../../driver/analysis/providers/registry";
import { Secret } from "../../../../driver/secret";
import { FakeClock } from "../../../support/clock";
import { type Answer, type Received, WebServer } from "../../../support/web";

const secrets = {
  token: new Secret("t0ken"),
  password: new Secret("passw0rd"),
  apiKey: new Secret("ap1key"),
  appKey: new Secret("appk3y"),
};
const window = { from: 1_700_000_000_000, to: 1_700_000_060_000 };
const forever = new AbortController().signal;

/** Settings that name where each kind of source is, and a query that it takes. */
const kinds = {
  prometheus: { settings: {}, query: "up" },
  datadog: { settings: { apiKey: { env: "A" }, appKey: { env: "B" } }, query: "sum:hits{*}.as_count()" },
  elasticsearch: { settings: { index: "logs" }, query: "status:500" },
  web: { settings: {}, query: { path: "/rate", value: "rate" } },
} as const satisfies Partial<Record<ProviderName, unknown>>;

describe("a source over HTTP", () => {
  let server: WebServer;
  let answer: (request: Received) => Answer;
  beforeEach(async () => {
    server = await WebServer.start((request) => answer(request));
  });
  afterEach(() => server.stop());

  const make = (kind: keyof typeof kinds, timeout = 1000, url = server.url): MetricProvider => {
    const args = { fetch, clock: new FakeClock(), timeout, secrets, cluster: {}, namespace: "default" };
    return providerKinds[kind].create({ ...kinds[kind].settings, url }, args);
  };
  const ask = (kind: keyof typeof kinds, timeout?: number) =>
    make(kind, timeout).query(kinds[kind].query, { window, signal: forever });

  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    describe(kind, () => {
      it("says that it did not answer in time", async () => {
        answer = () => ({});
        const host = new URL(server.url).host;
        assert.deepEqual(await ask(kind, 50), { kind: "failure", why: `${host} did not answer in 0.05 s` });
      });

      it("says why it was not reached", async () => {
        await server.stop();
        const reading = await ask(kind);
        assert.ok(
          reading.kind === "failure" && /was not reached: .*ECONNREFUSED/.test(reading.why),
          JSON.stringify(reading),
        );
        server = await WebServer.start(() => ({}));
      });

      it("asks to be left alone for as long as it says, in seconds or until a time", async () => {
        answer = () => ({ status: 429, headers: { "retry-after": "7" }, body: "" });
        const reading = await ask(kind);
        assert.ok(reading.kind === "failure");
        assert.equal(reading.retryAfterSeconds, 7);
        answer = () => ({
          status: 503,
          headers: { "retry-after": new Date(Date.now() + 9_000).toUTCString() },
          body: "",
        });
        const later = await ask(kind);
        assert.ok(
          later.kind === "failure" && (later.retryAfterSeconds ?? 0) >= 8 && (later.retryAfterSeconds ?? 99) <= 9,
        );
      });

      it("tells what a refusal says, without the credentials that it repeats", async () => {
        answer = ({ headers }) => ({ status: 401, body: `refused: ${JSON.stringify(headers)} t0ken ap1key` });
        const reading = await ask(kind);
        assert.ok(reading.kind === "failure" && reading.why.includes("answered 401: refused"));
        const problem = await make(kind).check(forever);
        for (const text of [reading.why, problem ?? ""]) {
          for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret.reveal()), text);
        }
      });

      it("takes an answer that is no JSON for a failure", async () => {
        answer = () => ({ body: "<html>" });
        const reading = await ask(kind);
        assert.ok(reading.kind === "failure" && reading.why.endsWith("answered with something that is no JSON"));
      });

      it("rejects when the signal fires", async () => {
        answer = () => ({});
        const abort = new AbortController();
        const reading = make(kind).query(kinds[kind].query, { window, signal: abort.signal });
        abort.abort(new Error("interrupted"));
        await assert.rejects(reading, { message: "interrupted" });
      });
    });
  }

  it("of any JSON is asked by path, method and body, and answers at a path", async () => {
    answer = ({ url }) =>
      url.startsWith("/api/rate") ? { body: { data: [{ "a.b": "0.25" }] } } : { status: 404, body: "" };
    const provider = providerKinds.web.create(
      { url: `${server.url}/api/`, user: "me", password: { env: "P" }, health: "/rate" },
      {
        fetch,
        clock: new FakeClock(),
        timeout: 1000,
        secrets: { password: secrets.password },
        cluster: {},
        namespace: "",
      },
    );
    const query = { path: "/rate?since=60s&x=1", method: "POST", body: { of: "green" }, value: "data.0.a\\.b" };
    assert.deepEqual(await provider.query(query, { window, signal: forever }), {
      kind: "sample",
      series: [{ labels: {}, value: 0.25 }],
    });
    const [request] = server.received;
    assert.deepEqual(
      [request?.method, request?.url, request?.body],
      ["POST", "/api/rate?since=60s&x=1", '{"of":"green"}'],
    );
    assert.equal(request?.headers.authorization, `Basic ${Buffer.from("me:passw0rd").toString("base64")}`);
    assert.equal(await provider.check(forever), undefined);
  });
});

describe("a number in an answer", () => {
  const at = (body: unknown, path: string): number | string => {
    const reading = numberAt(body, path);
    return reading.kind === "sample" ? (reading.series[0]?.value ?? NaN) : reading.why;
  };

  it("may be written as text, and is no data where there is none", () => {
    assert.equal(at({ a: { b: [1, 2] } }, "a.b.1"), 2);
    assert.equal(at({ a: "2.5" }, "a"), 2.5);
    assert.equal(at({ a: null }, "a"), "the answer has nothing at a");
    assert.equal(at({}, "a.b"), "the answer has nothing at a.b");
    assert.equal(at({ a: "" }, "a"), "the answer has no number at a");
    assert.equal(at({ a: { b: 1 } }, "a"), "the answer has no number at a");
    assert.equal(at({ a: "NaN" }, "a"), "NaN or infinite");
    assert.equal(at({ a: "many" }, "a"), "NaN or infinite");
  });
});
