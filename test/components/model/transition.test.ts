import assert from "node:assert/strict";
import fc from "fast-check";
import { type Color, colors, otherColor } from "../../../components/model/color";
import { type Live, type LiveService, liveShares } from "../../../components/model/live";
import { type Settings } from "../../../components/model/settings";
import { movesTraffic, planTransition, type Step } from "../../../components/model/transition";
import { goodConfig, settingsOf } from "../fixtures";

/** One service at rest: blue active, both colors with their two replicas. */
const resting: LiveService = {
  name: "shop",
  route: {
    active: "blue",
    canary: { color: "green", weight: 0 },
    recorded: { activeColor: "blue", canaryWeight: 0 },
  },
  inside: "blue",
  environments: {
    blue: { ready: 2, replicas: 2, image: "registry/shop:1" },
    green: { ready: 2, replicas: 2, image: "registry/shop:2" },
  },
};
const live = (change: Partial<LiveService> = {}): Live => ({ known: true, services: [{ ...resting, ...change }] });
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
      { service: "shop", before: { blue: 0, green: 0 }, after: { blue: 100, green: 0 } },
    ]);
    assert.deepEqual(transition.needs, [{ service: "shop", color: "blue", share: 100, ready: 0, needed: 1 }]);
  });

  it("asks, for a weight, for the canary's part of what serves now, rounded up", () => {
    const environments = { ...resting.environments, blue: { ...resting.environments.blue, ready: 10 } };
    const transition = plan(live({ environments }), { canaryWeight: 25 });
    assert.deepEqual(transition.needs, [{ service: "shop", color: "green", share: 25, ready: 2, needed: 3 }]);
  });

  it("asks, for a flip, for as many endpoints as serve now, also when a weight is kept", () => {
    const environments = { ...resting.environments, blue: { ...resting.environments.blue, ready: 10 } };
    for (const canaryWeight of [0, 50]) {
      const { needs } = plan(live({ environments }), { activeColor: "green", canaryWeight });
      assert.deepEqual(
        needs.map(({ color, needed }) => [color, needed]),
        [["green", 10]],
      );
    }
  });

  it("asks for nothing when a canary is taken back, whatever state the active color is in", () => {
    const route = { ...resting.route, canary: { color: "green" as const, weight: 90 } };
    const environments = { ...resting.environments, blue: { ...resting.environments.blue, ready: 1 } };
    assert.deepEqual(plan(live({ route, environments })).needs, []);
  });

  it("asks, of a run that resumes one whose gate held, for no more than gate.minReady", () => {
    const route = {
      active: "blue" as const,
      canary: { color: "green" as const, weight: 1 },
      recorded: { activeColor: "blue" as const, canaryWeight: 50 },
    };
    const environments = { ...resting.environments, blue: { ...resting.environments.blue, ready: 10 } };
    assert.equal(plan(live({ route, environments }), { canaryWeight: 50 }).needs[0]?.needed, 1);
    assert.equal(plan(live({ route, environments }), { canaryWeight: 60 }).needs[0]?.needed, 6);
  });

  it("asks an autoscaled color for its fewest pods at most, and warns when more serve", () => {
    const shop = { ...goodConfig.services.shop, autoscaling: { minReplicas: 3, maxReplicas: 9 } };
    const environments = { blue: { ready: 3, replicas: 3 }, green: { ready: 5, replicas: 5 } };
    const route = { active: "green" as const, canary: { color: "blue" as const, weight: 10 } };
    const back = plan(live({ route, environments }), { services: { shop }, activeColor: "blue" });
    assert.deepEqual(back.needs, [{ service: "shop", color: "blue", share: 100, ready: 3, needed: 3 }]);
    assert.match(back.warnings[0] ?? "", /^shop: 5 pods serve, and blue begins with 3; move by a few weights first/);
  });

  it("asks two colors that share the requests for what one would carry, not for both", () => {
    const route = { ...resting.route, canary: { color: "green" as const, weight: 50 } };
    assert.equal(plan(live({ route }), { canaryWeight: 90 }).needs[0]?.needed, 2);
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

describe("the shares that are live", () => {
  it("are all the main route's when both routes lead to one color, or the canary's has no endpoint", () => {
    const same = { active: "green" as const, canary: { color: "green" as const, weight: 50 } };
    assert.deepEqual(liveShares({ ...resting, route: same }), { blue: 0, green: 100 });
    const split = { active: "blue" as const, canary: { color: "green" as const, weight: 50 } };
    assert.deepEqual(liveShares({ ...resting, route: split }), { blue: 50, green: 50 });
    const environments = { ...resting.environments, green: { ...resting.environments.green, ready: 0 } };
    assert.deepEqual(liveShares({ ...resting, route: split, environments }), { blue: 100, green: 0 });
  });

  it("are the in-cluster Service's where there is no route", () => {
    const { name, environments } = resting;
    assert.deepEqual(liveShares({ name, environments, inside: "green" }), { blue: 0, green: 100 });
  });
});

/** What a step leaves behind. A gate that does not hold ends the run, as an update that fails does. */
function after(service: LiveService, step: Step, declared: Settings): LiveService | "refused" {
  const { environments, route } = service;
  switch (step.kind) {
    case "gate": {
      const { needs } = planTransition({ known: true, services: [service] }, declared);
      return needs.some(({ color, needed }) => environments[color].ready < needed) ? "refused" : service;
    }
    case "grow":
    case "shrink": {
      const scaled = { ...environments[step.color], ready: step.replicas, replicas: step.replicas };
      return { ...service, environments: { ...environments, [step.color]: scaled } };
    }
    case "main":
      return { ...service, route: { ...route, active: step.color, recorded: declared.traffic } };
    case "canary":
      return { ...service, route: { ...route, canary: { color: step.color, weight: step.weight } } };
    case "inside":
      return { ...service, inside: step.color };
    case "drain":
      return service;
  }
}

const color = fc.constantFrom<Color>("blue", "green");
const weight = fc.oneof(fc.constantFrom(0, 1, 50, 99, 100), fc.integer({ min: 0, max: 100 }));

/** Anything that is live, also what a hand or a dead run left: but with endpoints wherever requests go. */
const anyLive = fc
  .record({
    active: color,
    canaryColor: color,
    weight,
    inside: color,
    blue: fc.nat(6),
    green: fc.nat(6),
  })
  .map((raw): LiveService => {
    const service: LiveService = {
      name: "shop",
      route: { active: raw.active, canary: { color: raw.canaryColor, weight: raw.weight } },
      inside: raw.inside,
      environments: {
        blue: { ready: raw.blue, replicas: raw.blue, image: "registry/shop:1" },
        green: { ready: raw.green, replicas: raw.green, image: "registry/shop:2" },
      },
    };
    const serving = (each: Color): number => Math.max(1, service.environments[each].ready);
    const live = { ...service.environments };
    for (const each of [raw.active, raw.inside])
      live[each] = { ...live[each], ready: serving(each), replicas: serving(each) };
    return { ...service, environments: live };
  });

const anyDeclared = fc
  .record({
    activeColor: color,
    canaryWeight: weight,
    standby: fc.constantFrom<"all" | number>("all", 0, 1),
    blue: fc.integer({ min: 1, max: 6 }),
    green: fc.integer({ min: 1, max: 6 }),
    minReady: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ activeColor, canaryWeight, standby, blue, green, minReady }) => {
    const shop = goodConfig.services.shop;
    const services = {
      shop: { ...shop, blue: { ...shop.blue, replicas: blue }, green: { ...shop.green, replicas: green } },
    };
    return settings({
      activeColor,
      canaryWeight,
      standby,
      services,
      gate: { minReady: Math.min(minReady, blue, green) },
    });
  });

/** The states that a run goes through, up to where it is refused or has done everything. */
function states(start: LiveService, declared: Settings): LiveService[] {
  const seen = [start];
  for (const step of planTransition({ known: true, services: [start] }, declared).steps) {
    const next = after(seen.at(-1) ?? start, step, declared);
    if (next === "refused") return seen;
    seen.push(next);
  }
  return seen;
}

function starving(service: LiveService): Color[] {
  const shares = liveShares(service);
  const inside = service.inside;
  return colors.filter((each) => (shares[each] > 0 || each === inside) && service.environments[each].ready === 0);
}

describe("the steps of any transition", () => {
  it("never, after any of them, give requests to a color without an endpoint", () => {
    fc.assert(
      fc.property(anyLive, anyDeclared, (start, declared) => {
        for (const state of states(start, declared)) assert.deepEqual(starving(state), []);
      }),
      { numRuns: 2000 },
    );
  });

  it("end, resumed after any of them, where an uninterrupted run ends", () => {
    fc.assert(
      fc.property(anyLive, anyDeclared, (start, declared) => {
        const through = states(start, declared);
        for (const interrupted of through) {
          const resumed = states(interrupted, declared);
          if (through.length === planTransition({ known: true, services: [start] }, declared).steps.length + 1) {
            assert.deepEqual(resumed.at(-1), through.at(-1));
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("give exactly the declared traffic when all of them are done", () => {
    fc.assert(
      fc.property(anyLive, anyDeclared, (start, declared) => {
        const { steps } = planTransition({ known: true, services: [start] }, declared);
        const through = states(start, declared);
        if (through.length <= steps.length) return;
        const end = through.at(-1) ?? start;
        const { activeColor, canaryWeight } = declared.traffic;
        assert.equal(end.inside, activeColor);
        assert.deepEqual(end.route?.active, activeColor);
        assert.deepEqual(end.route.canary, { color: otherColor(activeColor), weight: canaryWeight });
      }),
    );
  });

  it("move every service's routes only after all environments that serve, and the gate", () => {
    fc.assert(
      fc.property(anyDeclared, (declared) => {
        const kinds = planTransition({ known: true, services: [] }, declared).steps.map(({ kind }) => kind);
        const order = ["grow", "gate", "main", "canary", "inside", "drain", "shrink"];
        assert.deepEqual(
          kinds,
          kinds.toSorted((one, two) => order.indexOf(one) - order.indexOf(two)),
        );
      }),
    );
  });
});
