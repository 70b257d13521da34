import assert from "node:assert/strict";
import { type Color, otherColor } from "../../../components/model/color";
import { type Live, type LiveService, liveShares } from "../../../components/model/live";
import { type Settings } from "../../../components/model/settings";
import { movesTraffic, planTransition, stagesOf } from "../../../components/model/transition";
import { goodConfig, liveWith, restingShop, settingsOf } from "../fixtures";

const live = (change: Partial<LiveService> = {}): Live => liveWith({ ...restingShop, ...change });
const settings = (change: Record<string, unknown> = {}): Settings => settingsOf({ ...goodConfig, ...change });
const plan = (now: Live, change: Record<string, unknown> = {}) => planTransition(now, settings(change));

describe("the plan of a transition", () => {
  it("asks for nothing and moves nothing when the cluster is as declared", () => {
    const transition = plan(live());
    assert.equal(movesTraffic(transition), false);
    const { needs, refusals, drift, warnings } = transition;
    assert.deepEqual({ needs, refusals, drift, warnings }, { needs: [], refusals: [], drift: [], warnings: [] });
  });

  it("asks, on the first deploy, for one endpoint of the color that will serve", () => {
    const transition = plan({ known: true, services: [] });
    assert.deepEqual(transition.services, [
      { service: "shop", before: { blue: 0, green: 0 }, after: { blue: 100, green: 0 }, moves: true },
    ]);
    assert.deepEqual(transition.needs, [
      { service: "shop", color: "blue", share: 100, ready: 0, needed: 1, growsTo: 2 },
    ]);
  });

  it("asks, for a weight, for the canary's part of what serves now, rounded up", () => {
    const environments = { ...restingShop.environments, blue: { ...restingShop.environments.blue, ready: 10 } };
    const transition = plan(live({ environments }), { canaryWeight: 25 });
    assert.deepEqual(transition.needs, [{ service: "shop", color: "green", share: 25, ready: 2, needed: 3 }]);
  });

  it("asks, for a flip, for as many endpoints as serve now, also when a weight is kept", () => {
    const environments = { ...restingShop.environments, blue: { ...restingShop.environments.blue, ready: 10 } };
    for (const canaryWeight of [0, 50]) {
      const { needs } = plan(live({ environments }), { activeColor: "green", canaryWeight });
      assert.deepEqual(
        needs.map(({ color, needed }) => [color, needed]),
        [["green", 10]],
      );
    }
  });

  it("asks for nothing when a canary is taken back, whatever state the active color is in", () => {
    const route = { ...restingShop.route, canary: { color: "green" as const, weight: 90 } };
    const environments = { ...restingShop.environments, blue: { ...restingShop.environments.blue, ready: 1 } };
    assert.deepEqual(plan(live({ route, environments })).needs, []);
  });

  it("asks, of a run that resumes one whose gate held, for no more than gate.minReady", () => {
    const route = {
      active: "blue" as const,
      canary: { color: "green" as const, weight: 1 },
      recorded: { activeColor: "blue" as const, canaryWeight: 50 },
    };
    const environments = { ...restingShop.environments, blue: { ...restingShop.environments.blue, ready: 10 } };
    assert.equal(plan(live({ route, environments }), { canaryWeight: 50 }).needs[0]?.needed, 1);
    assert.equal(plan(live({ route, environments }), { canaryWeight: 60 }).needs[0]?.needed, 6);
  });

  it("asks an autoscaled color for its fewest pods at most, and warns when more serve", () => {
    const shop = { ...goodConfig.services.shop, autoscaling: { minReplicas: 3, maxReplicas: 9 } };
    const environments = {
      blue: { ready: 3, replicas: 3, image: "registry/shop:1" },
      green: { ready: 5, replicas: 5 },
    };
    const route = { active: "green" as const, canary: { color: "blue" as const, weight: 10 } };
    const back = plan(live({ route, environments }), { services: { shop }, activeColor: "blue" });
    assert.deepEqual(back.needs, [{ service: "shop", color: "blue", share: 100, ready: 3, needed: 3 }]);
    assert.match(back.warnings[0] ?? "", /^shop: 5 pods serve, and blue begins with 3; move by a few weights first/);
  });

  it("says to which size a color is brought before its gate is asked, and nothing when it has that", () => {
    const growsTo = (change: Partial<LiveService["environments"]["green"]>, config = {}) => {
      const green = { ...restingShop.environments.green, ...change };
      return plan(live({ environments: { ...restingShop.environments, green } }), { canaryWeight: 5, ...config })
        .needs[0]?.growsTo;
    };
    assert.equal(growsTo({}), undefined);
    assert.equal(growsTo({ replicas: 0 }), 2);
    assert.equal(growsTo({ image: "registry/shop:0" }), 2);
    const shop = { ...goodConfig.services.shop, autoscaling: { minReplicas: 3, maxReplicas: 9 } };
    assert.equal(growsTo({ replicas: 5 }, { services: { shop } }), undefined);
  });

  it("asks two colors that share the requests for what one would carry, not for both", () => {
    const route = { ...restingShop.route, canary: { color: "green" as const, weight: 50 } };
    assert.equal(plan(live({ route }), { canaryWeight: 90 }).needs[0]?.needed, 2);
  });

  it("asks one endpoint of a color that comes back to serve, so that nothing is rolled back to a dead color", () => {
    const route = { ...restingShop.route, canary: { color: "green" as const, weight: 90 } };
    const environments = { ...restingShop.environments, blue: { ...restingShop.environments.blue, ready: 0 } };
    const { needs } = plan(live({ route, environments }), { gate: { minReady: 2 } });
    assert.deepEqual(needs, [{ service: "shop", color: "blue", share: 100, ready: 0, needed: 1 }]);
  });

  it("asks one endpoint of a color that only callers inside the cluster are led to", () => {
    const environments = { ...restingShop.environments, blue: { ...restingShop.environments.blue, ready: 0 } };
    assert.deepEqual(
      plan(live({ inside: "green", environments })).needs.map(({ color, needed }) => [color, needed]),
      [["blue", 1]],
    );
  });

  it("asks, for a flip that keeps a weight, for everything, also of a canary that has more than it is left with", () => {
    const route = { ...restingShop.route, canary: { color: "green" as const, weight: 60 } };
    const environments = { blue: { ready: 10, replicas: 10 }, green: { ready: 6, replicas: 6 } };
    const { needs } = plan(live({ route, environments }), { activeColor: "green", canaryWeight: 50 });
    assert.deepEqual(
      needs.map(({ color, needed }) => [color, needed]),
      [["green", 10]],
    );
  });

  it("asks nothing of the idle color, and gives it nothing, of a service without a route", () => {
    const { name, inside, environments } = restingShop;
    const services = { shop: { ...goodConfig.services.shop, ingress: false } };
    const now: Live = { known: true, services: [{ name, ...(inside && { inside }), environments }] };
    const transition = plan(now, { services, canaryWeight: 20 });
    assert.deepEqual(transition.needs, []);
    assert.equal(movesTraffic(transition), false);
  });

  it("asks, at a flip that takes a weight back, for all that serve: the canary carries them for a moment", () => {
    const route = { ...restingShop.route, canary: { color: "green" as const, weight: 90 } };
    const environments = { ...restingShop.environments, blue: { ...restingShop.environments.blue, ready: 10 } };
    const { needs } = plan(live({ route, environments }), { activeColor: "green", canaryWeight: 50 });
    assert.deepEqual(needs, [{ service: "shop", color: "green", share: 50, ready: 2, needed: 10 }]);
  });

  it("asks a color that a rollback goes back to for no more than its own size", () => {
    const route = { active: "green" as const, canary: { color: "blue" as const, weight: 0 } };
    const { green } = restingShop.environments;
    const back = (served: string) => {
      const blue = { ready: 2, replicas: 2, image: "registry/shop:1", served };
      return plan(live({ route, environments: { blue, green: { ...green, ready: 10 } } })).needs[0]?.needed;
    };
    assert.equal(back("registry/shop:1"), 2);
    assert.equal(back("registry/shop:0"), 10);
  });

  it("never asks for less than gate.minReady", () => {
    const { needs } = plan(live(), { canaryWeight: 1, gate: { minReady: 2 } });
    assert.equal(needs[0]?.needed, 2);
  });

  it("refuses a new image for the color that serves, unless that is allowed or traffic leaves it", () => {
    const shop = { ...goodConfig.services.shop, blue: { image: "registry/shop:9" } };
    const services = { shop };
    assert.match(
      plan(live(), { services }).refusals[0] ?? "",
      /^services\.shop\.blue\.image: blue serves registry\/shop:1/,
    );
    assert.deepEqual(plan(live(), { services, allowActiveChange: true }).refusals, []);
    assert.deepEqual(plan(live(), { services, activeColor: "green" }).refusals, []);
  });

  it("takes a new image for the idle color", () => {
    const services = { shop: { ...goodConfig.services.shop, green: { image: "registry/shop:9" } } };
    assert.deepEqual(plan(live(), { services }).refusals, []);
  });

  it("says what was edited by hand", () => {
    const recorded = { activeColor: "blue" as const, canaryWeight: 0 };
    assert.deepEqual(plan(live({ route: { active: "green", recorded } })).drift, [
      "shop: the main route leads to green, blue was recorded",
      "shop: the canary route is gone",
    ]);
    const route = { active: "blue" as const, canary: { color: "green" as const, weight: 50 }, recorded };
    assert.deepEqual(plan(live({ route })).drift, ["shop: the canary's weight is 50, 0 was recorded"]);
  });

  it("is made, and says so, when live traffic cannot be read", () => {
    const transition = plan({ known: false, why: "connect ECONNREFUSED" });
    assert.equal(transition.unknown, "connect ECONNREFUSED");
    assert.ok(transition.steps.length > 0);
  });
});

describe("the stages of a transition", () => {
  it("are environments that grow, the gate, main routes, canary routes, Services inside, the drain, and what shrinks", () => {
    const services = {
      shop: goodConfig.services.shop,
      cart: { ...goodConfig.services.shop, ingress: { path: "/cart" } },
    };
    const { steps } = plan({ known: true, services: [] }, { services });
    assert.deepEqual(
      stagesOf(steps).map((stage) => [stage[0]?.kind, stage.length]),
      [
        ["grow", 2],
        ["gate", 1],
        ["main", 2],
        ["canary", 2],
        ["inside", 2],
        ["drain", 1],
        ["shrink", 2],
      ],
    );
  });
});

describe("the colors that gates try before they get requests", () => {
  const entries = (now: Live, change: Record<string, unknown> = {}) =>
    plan(now, change).entries.map(({ color }) => color);
  const at = (active: Color, weight: number, served = ""): Live => {
    const route = { active, canary: { color: otherColor(active), weight } };
    const blue = { ...restingShop.environments.blue, ...(served !== "" && { served }) };
    return live({ route, environments: { ...restingShop.environments, blue } });
  };
  const green = { activeColor: "green" };

  it("are those that get their first share, or that a flip goes to, also after a weight", () => {
    assert.deepEqual(entries({ known: true, services: [] }), ["blue"]);
    assert.deepEqual(entries(live(), { canaryWeight: 1 }), ["green"]);
    assert.deepEqual(entries(live(), green), ["green"]);
    assert.deepEqual(entries(at("blue", 20), green), ["green"]);
    assert.deepEqual(entries(at("blue", 20), { ...green, canaryWeight: 100 }), ["green"]);
  });

  it("are none when nothing moves, or a weight goes up or down", () => {
    assert.deepEqual(entries(live()), []);
    assert.deepEqual(entries(at("blue", 20), { canaryWeight: 50 }), []);
    assert.deepEqual(entries(at("blue", 50)), []);
    assert.deepEqual(entries(at("blue", 100)), []);
  });

  it("are none when a flip goes back to what served before, and the color when its image is another one", () => {
    assert.deepEqual(entries(at("green", 0, "registry/shop:1")), []);
    assert.deepEqual(entries(at("green", 0, "registry/shop:1"), { ...green, canaryWeight: 5 }), []);
    assert.deepEqual(entries(at("green", 0, "registry/shop:0")), ["blue"]);
  });

  it("are none when what a hand has led elsewhere is taken back", () => {
    const recorded = { activeColor: "blue" as const, canaryWeight: 0 };
    assert.deepEqual(entries(live({ route: { active: "green", recorded } })), []);
  });
});

describe("the shares that are live", () => {
  it("are all the main route's when both routes lead to one color, or the canary's has no endpoint", () => {
    const same = { active: "green" as const, canary: { color: "green" as const, weight: 50 } };
    assert.deepEqual(liveShares({ ...restingShop, route: same }), { blue: 0, green: 100 });
    const split = { active: "blue" as const, canary: { color: "green" as const, weight: 50 } };
    assert.deepEqual(liveShares({ ...restingShop, route: split }), { blue: 50, green: 50 });
    const environments = { ...restingShop.environments, green: { ...restingShop.environments.green, ready: 0 } };
    assert.deepEqual(liveShares({ ...restingShop, route: split, environments }), { blue: 100, green: 0 });
  });

  it("are the in-cluster Service's where there is no route", () => {
    const { name, environments } = restingShop;
    assert.deepEqual(liveShares({ name, environments, inside: "green" }), { blue: 0, green: 100 });
  });
});
