import assert from "node:assert/strict";
import { type AnalysisChoice, chooseAnalysis } from "../../../driver/analysis/choose";
import { type AnalysisSpec } from "../../../driver/analysis/spec";
import { UserError } from "../../../driver/invocation";
import { FakeClock } from "../../support/clock";

/** What is chosen with a Prometheus that has the metrics of which names begin so. */
function chosen(changed: Partial<AnalysisChoice>, metrics = "traefik_"): Promise<AnalysisSpec | undefined> {
  const fetch = (_: unknown, init?: RequestInit): Promise<Response> => {
    const query = (init?.body as URLSearchParams | undefined)?.get("query") ?? metrics;
    const result = query.includes(metrics) ? [{ metric: {}, value: [0, "1"] }] : [];
    return Promise.resolve(Response.json({ data: { resultType: "vector", result } }));
  };
  const env = { CYAN_PROMETHEUS: "http://prometheus:9090" };
  const signal = new AbortController().signal;
  const common = {
    interval: 60,
    router: "ingress-nginx",
    env,
    first: true,
    clock: new FakeClock(),
    fetch,
    signal,
  } as const;
  return chooseAnalysis({ ...common, ...changed });
}

const totalOf = (spec: AnalysisSpec | undefined): unknown => {
  const [metric] = spec?.metrics ?? [];
  return metric?.judge === "proportion" ? metric.total : metric;
};
const down: typeof fetch = () => Promise.reject(new Error("fetch failed", { cause: new Error("ECONNREFUSED") }));

describe("the analysis of a rollout", () => {
  it("is that of the controller that Prometheus knows, when there is no file", async () => {
    assert.match(String(totalOf(await chosen({}))), /^traefik_service_requests_total/);
    assert.match(String(totalOf(await chosen({}, "nginx_"))), /^nginx_ingress_controller_requests/);
  });

  it("is none when it is told so, without a Prometheus, a controller, or a time to watch", async () => {
    for (const changed of [{ analysis: false }, { env: {} }, { router: "service" }, { interval: 0 }] as const) {
      assert.equal(await chosen(changed), undefined, JSON.stringify(changed));
    }
  });

  it("is refused before anything moves when Prometheus does not answer, or knows no controller", async () => {
    const says = (message: RegExp) => (error: unknown) => error instanceof UserError && message.test(error.message);
    await assert.rejects(
      chosen({ fetch: down }),
      says(/^CYAN_PROMETHEUS: prometheus:9090 was not reached: ECONNREFUSED/),
    );
    await assert.rejects(chosen({}, "envoy_"), says(/has no metrics of Traefik or ingress-nginx; write an analysis/));
    await assert.rejects(chosen({ env: { CYAN_PROMETHEUS: "nowhere" } }), says(/^CYAN_PROMETHEUS: .* is no URL/));
    await assert.rejects(chosen({ analysis: "none.yaml" }), says(/^none.yaml cannot be read/));
  });

  it("goes on without an answer when a rollout is resumed: what is missing is then judged by its rule", async () => {
    assert.match(String(totalOf(await chosen({ fetch: down, first: false }))), /^traefik_/);
  });
});
