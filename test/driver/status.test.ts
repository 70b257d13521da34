import assert from "node:assert/strict";
import { type Live, type LiveService } from "../../components/model/live";
import { statusText } from "../../driver/commands/status";
import { view } from "../../driver/stack";
import { compare } from "../../driver/status/compare";

const config = {
  "cyan:activeColor": { value: "blue", secret: false },
  "cyan:canaryWeight": { value: "20", secret: false },
  "cyan:namespace": { value: "shop", secret: false },
  "cyan:services": { secret: true },
};
const outputs = {
  images: { shop: { blue: "a:1", green: "a:2" } },
  traffic: { shop: { active: "shop-blue", idle: "shop-green", canaryWeight: 20 } },
};
const shop: LiveService = {
  name: "shop",
  route: { active: "blue", canary: { color: "green", weight: 20 } },
  inside: "blue",
  environments: { blue: { ready: 2, replicas: 2 }, green: { ready: 2, replicas: 2 } },
};
const live = (change: Partial<LiveService> = {}): Live => ({ known: true, services: [{ ...shop, ...change }] });
const driftOf = (stack: unknown, now: Live): readonly string[] => compare(view(stack, outputs), now)[0]?.drift ?? [];

describe("the status of a release", () => {
  it("puts declared, recorded and live traffic side by side", () => {
    const share = { blue: 80, green: 20 };
    assert.deepEqual(compare(view(config, outputs), live()), [
      { service: "shop", declared: share, recorded: share, live: share, endpoints: shop.environments, drift: [] },
    ]);
  });

  it("names a config that was not brought out yet", () => {
    const next = { ...config, "cyan:activeColor": { value: "green" } };
    assert.deepEqual(driftOf(next, live()), [
      "declared is blue 20 %, green 80 %, and the last update left blue 80 %, green 20 %: run pulumi up",
    ]);
  });

  it("names what was edited by hand, and a color that gets requests and has no endpoint", () => {
    const route = { active: "green" as const };
    const environments = { ...shop.environments, green: { ready: 0, replicas: 2 } };
    assert.deepEqual(driftOf(config, live({ route, environments })), [
      "live is blue 0 %, green 100 %, and the last update left blue 80 %, green 20 %: " +
        "it was edited by hand, or a color has no endpoint",
      "green gets 100 % of the requests and has no ready endpoint",
      "callers inside the cluster get blue, those outside green",
    ]);
  });

  it("is shown as a table, without colors where there is no terminal", () => {
    assert.equal(
      statusText(compare(view(config, outputs), live()), ""),
      [
        "shop          declared  recorded      live       ready",
        "  blue            80 %      80 %      80 %      2 of 2",
        "  green           20 %      20 %      20 %      2 of 2",
        "",
      ].join("\n"),
    );
    assert.match(statusText([], "connect ECONNREFUSED"), /nothing is deployed yet[^]*not read: connect ECONNREFUSED/);
  });
});
