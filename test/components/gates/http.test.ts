import assert from "node:assert/strict";
import { answersNow, gatesOf, passAll } from "../../../components/gates/gates";
import { type Entry } from "../../../components/model/needs";
import { planTransition } from "../../../components/model/transition";
import { FakeCluster } from "../../support/cluster";
import { goodConfig, settingsOf } from "../fixtures";

const { shop } = goodConfig.services;
const two = { services: { shop, api: { ...shop, port: 9000, ingress: false } } };
const green: readonly Entry[] = [
  { service: "shop", color: "green" },
  { service: "api", color: "green" },
];
const good = { status: 200, body: "welcome" };

/** The gates of a transition with these entries, which ask often and not for long. */
function gates(cluster: FakeCluster, http: Record<string, unknown>, entries = green, seconds = 0.1) {
  const settings = settingsOf({ ...goodConfig, ...two, gate: { http } });
  const quick = { period: { seconds: 0.01 }, timeout: { seconds } };
  const asked = { ...settings.gate, http: { ...(settings.gate.http ?? assert.fail()), ...quick } };
  const transition = { ...planTransition({ known: true, services: [] }, settings), needs: [], entries };
  return gatesOf({ cluster, settings: { ...settings, gate: asked }, transition });
}

describe("the gate on answers", () => {
  it("holds when each service's own Service answers, by its port, with status and text", async () => {
    const answers = { "shop-green:80/health?deep=1": good, "api-green:9000/ready": { status: 203, body: "welcome" } };
    const cluster = new FakeCluster({ answers });
    const services = { api: { path: "/ready", status: 203 } };
    await passAll(gates(cluster, { path: "/health?deep=1", contains: "welcome", services }));
    assert.deepEqual(cluster.requests.toSorted(), ["api-green:9000/ready", "shop-green:80/health?deep=1"]);
  });

  it("is not asked of a service that wants none, and not at all when no color enters", () => {
    const cluster = new FakeCluster();
    assert.deepEqual(gates(cluster, {}, []), []);
    assert.deepEqual(gates(cluster, { services: { shop: false, api: false } }), []);
  });

  it("asks on until the answer is right", async () => {
    const cluster: FakeCluster = new FakeCluster({
      answers: {
        get "shop-green:80/"() {
          return cluster.requests.length < 3 ? { status: 503, body: "" } : good;
        },
      },
    });
    await passAll(gates(cluster, { services: { api: false } }, green, 5));
    assert.equal(cluster.requests.length, 3);
  });

  it("does not hold for one service when it does for another, and says what each answered last", async () => {
    const wrong = { status: 500, body: "no such table:\n\torders" };
    const cluster = new FakeCluster({ answers: { "shop-green:80/": good, "api-green:9000/": wrong } });
    await assert.rejects(passAll(gates(cluster, {})), {
      name: "GateError",
      message: [
        "the http gate did not hold within 0.1s, and no traffic was moved:",
        "  api green: GET / answers 500, not 200: no such table: orders",
        "  mend the color, or move all the same with: pulumi config set --path gate.force true",
      ].join("\n"),
    });
  });

  it("says so when the text is missing, or nobody answers", async () => {
    const cluster = new FakeCluster({ answers: { "shop-green:80/": { status: 200, body: "x".repeat(300) } } });
    assert.deepEqual(await answersNow(gates(cluster, { contains: "welcome" })), [
      {
        gate: "http",
        state: "fails",
        lines: [
          `shop green: GET / answers 200 without "welcome": ${"x".repeat(200)}…`,
          "api green: GET / is not answered: connect ECONNREFUSED",
        ],
      },
    ]);
  });

  it("answers now, with one request each", async () => {
    const cluster = new FakeCluster({ answers: { "shop-green:80/": good, "api-green:9000/": good } });
    assert.deepEqual(await answersNow(gates(cluster, {})), [
      { gate: "http", state: "holds", lines: ["shop green: GET / answers 200", "api green: GET / answers 200"] },
    ]);
    assert.equal(cluster.requests.length, 2);
  });
});
