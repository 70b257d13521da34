import assert from "node:assert/strict";
import { type RolloutState } from "../../driver/rollout/state";
import { type Live, type LiveService } from "../../components/model/live";
import { createColors } from "picocolors";
import { runningLines, statusText } from "../../driver/commands/status";
import { type Stack, stackOf } from "../../driver/stack";
import { compare } from "../../driver/status/compare";
import { goodConfig, liveWith, restingShop } from "../components/fixtures";

const config = {
  "cyan:activeColor": { value: "blue", secret: false },
  "cyan:canaryWeight": { value: "20", secret: false },
  "cyan:ingress": { value: JSON.stringify(goodConfig.ingress), secret: false },
  "cyan:services": { value: JSON.stringify(goodConfig.services), secret: false },
};
const outputs = {
  images: { shop: { blue: "a:1", green: "a:2" } },
  traffic: { shop: { active: "shop-blue", idle: "shop-green", canaryWeight: 20 } },
};
const stack = (change: Readonly<Record<string, unknown>> = {}, left: unknown = outputs) =>
  stackOf({ project: "cyan", name: "dev", config: { ...config, ...change }, outputs: left });
const recorded = { activeColor: "blue" as const, canaryWeight: 20 };
const shop: LiveService = {
  ...restingShop,
  route: { active: "blue", canary: { color: "green", weight: 20 }, recorded },
};
const live = (change: Partial<LiveService> = {}): Live => liveWith({ ...shop, ...change });
const driftOf = (of: Stack, now: Live): readonly string[] => compare(of, now)[0]?.drift ?? [];

describe("the status of a release", () => {
  it("puts declared, recorded and live traffic side by side", () => {
    const share = { blue: 80, green: 20 };
    assert.deepEqual(compare(stack(), live()), [
      { service: "shop", declared: share, recorded: share, live: share, endpoints: shop.environments, drift: [] },
    ]);
  });

  it("names a config that was not brought out yet", () => {
    const next = stack({ "cyan:activeColor": { value: "green" } });
    assert.deepEqual(driftOf(next, live()), [
      "declared is blue 20 %, green 80 %, and the last update left blue 80 %, green 20 %: run pulumi up",
    ]);
  });

  it("names a service that is only declared, and one that is only deployed", () => {
    const traffic = { cart: { active: "cart-green", idle: "cart-blue", canaryWeight: 0 } };
    const found = compare(stack({}, { images: { cart: {} }, traffic }), { known: false, why: "" });
    assert.deepEqual(found, [
      { service: "shop", declared: { blue: 80, green: 20 }, drift: ["it is not deployed yet: run pulumi up"] },
      {
        service: "cart",
        recorded: { blue: 0, green: 100 },
        drift: ["it is deployed and no longer declared: the next pulumi up removes it"],
      },
    ]);
  });

  it("expects of a service without a route that its active color has everything, whatever the weight", () => {
    const services = { shop: { ...goodConfig.services.shop, ingress: false } };
    const inner = stack({ "cyan:services": { value: JSON.stringify(services) } }, { images: { shop: {} } });
    const { name, inside = "blue", environments } = shop;
    const [status] = compare(inner, { known: true, services: [{ name, inside, environments }] });
    assert.deepEqual(
      [status?.declared, status?.live, status?.drift],
      [{ blue: 100, green: 0 }, { blue: 100, green: 0 }, []],
    );
  });

  it("names what a controller has given up, for as long as that is declared", () => {
    const says = "the controller has given up";
    const route = {
      active: "blue" as const,
      canary: { color: "green" as const, weight: 0 },
      recorded: { ...recorded, canaryWeight: 0 },
    };
    const aborted = live({ route: { ...route, aborted: { traffic: recorded, says } } });
    assert.deepEqual(driftOf(stack(), aborted), [says]);
    assert.deepEqual(driftOf(stack({ "cyan:canaryWeight": { value: "0" } }), aborted), [
      "declared is blue 100 %, green 0 %, and the last update left blue 80 %, green 20 %: run pulumi up",
      "live is blue 100 %, green 0 %, and the last update left blue 80 %, green 20 %",
    ]);
  });

  it("names what was edited by hand, and a color that gets requests and has no endpoint", () => {
    const route = { ...shop.route, active: "green" as const };
    const environments = { ...shop.environments, green: { ready: 0, replicas: 2 } };
    assert.deepEqual(driftOf(stack(), live({ route, environments })), [
      "edited by hand: the main route leads to green, blue was recorded",
      "green gets 100 % of the requests and has no ready endpoint",
      "callers inside the cluster get blue, those outside green",
    ]);
  });

  it("names a canary without an endpoint, which the controllers pass over", () => {
    const environments = { ...shop.environments, green: { ready: 0, replicas: 2 } };
    assert.deepEqual(driftOf(stack(), live({ environments })), [
      "green has no ready endpoint for its 20 %, so that blue gets them",
    ]);
  });

  it("names routes that carry no record and are not what the last update left", () => {
    const route = { active: "green" as const, canary: { color: "blue" as const, weight: 0 } };
    assert.deepEqual(driftOf(stack(), live({ route, inside: "green" })), [
      "live is blue 0 %, green 100 %, and the last update left blue 80 %, green 20 %",
    ]);
  });

  it("is shown as a table, without colors where there is no terminal", () => {
    assert.equal(
      statusText(compare(stack(), live()), ""),
      [
        "shop          declared  recorded      live       ready",
        "  blue            80 %      80 %      80 %      2 of 2",
        "  green           20 %      20 %      20 %      2 of 2",
        "",
      ].join("\n"),
    );
    assert.match(statusText([], "connect ECONNREFUSED"), /the cluster was not read: connect ECONNREFUSED/);
  });
});

describe("a rollout of another machine, as status shows it", () => {
  const at = (second: number): string => new Date(Date.UTC(2026, 10, 24, 12, 0, second)).toISOString();
  const traffic = { activeColor: "blue", canaryWeight: 20 } as const;
  const receipt = JSON.stringify({
    ...{ rollout: "r1", stack: "prod", from: "blue", to: "green", images: [], by: "ada", began: at(0) },
    transitions: [{ traffic, began: at(1), seconds: 3, evidence: [] }],
  });
  const plan = { from: "blue", to: "green", weights: [20], interval: 60, approve: false, images: [] } as const;
  const state: RolloutState = {
    ...{ id: "r1", step: 0, phase: { kind: "soaking", holds: 0 } },
    plan: { ...plan, weights: [20], images: [] },
  };
  const args = { width: 40, paint: createColors(false), now: new Date(at(14)) };

  it("is as its driver shows it", () => {
    assert.deepEqual(runningLines({ state, receipt, holder: "ada@one/1/10/s" }, args), [
      "",
      "blue to green, stack prod, rollout r1, 14 s",
      "  blue     80 %",
      "  green    20 %",
      "  step 1 of 2, watching, 50 s left",
    ]);
  });

  it("is nothing when it is over, or when nothing is kept of it", () => {
    const ended = { ...state, phase: { kind: "ended", outcome: "promoted" } } as const;
    const others = [{ state: ended, receipt }, { state }, { state: { ...state, id: "r2" }, receipt }, { receipt }];
    for (const each of others) assert.deepEqual(runningLines({ ...each, holder: "" }, args), []);
  });
});
