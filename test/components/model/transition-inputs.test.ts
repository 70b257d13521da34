import assert from "node:assert/strict";
import { type Live, type LiveService } from "../../../components/model/live";
import { planTransition } from "../../../components/model/transition";
import { servedImages, transitionInputs } from "../../../components/model/transition-inputs";
import { goodConfig, liveWith, restingShop, settingsOf } from "../fixtures";

const { blue, green } = restingShop.environments;
const movedAt = new Date("2026-03-01T10:00:00Z");
const resting: LiveService = { ...restingShop, route: { ...restingShop.route, movedAt } };
const live = (change: Partial<LiveService> = {}): Live => liveWith({ ...resting, ...change });
const at = (weight: number, active: "blue" | "green" = "blue"): Partial<LiveService> => ({
  route: { ...resting.route, active, canary: { color: active === "blue" ? "green" : "blue", weight } },
});
const inputs = (now: Live, change: Record<string, unknown> = {}) => {
  const settings = settingsOf({ ...goodConfig, ...change });
  return transitionInputs(now, settings, planTransition(now, settings));
};

describe("what policies are told of a transition", () => {
  it("is who serves, who is to, and what each color has and needs", () => {
    assert.deepEqual(inputs(live(at(20)), { canaryWeight: 50 }), {
      atRest: false,
      rollback: false,
      resumes: false,
      services: [
        {
          name: "shop",
          previous: { activeColor: "blue", canaryWeight: 20 },
          next: { activeColor: "blue", canaryWeight: 50 },
          colors: {
            blue: {
              ready: 2,
              replicas: 2,
              fullSize: 2,
              needed: 0,
              liveImage: "registry/shop:1",
              image: "registry/shop:1",
            },
            green: {
              ready: 2,
              replicas: 2,
              fullSize: 2,
              needed: 1,
              liveImage: "registry/shop:2",
              image: "registry/shop:2",
            },
          },
        },
      ],
      lastMovedAt: "2026-03-01T10:00:00.000Z",
    });
  });

  it("is at rest when neither a share nor an image changes", () => {
    assert.equal(inputs(live()).atRest, true);
    assert.equal(inputs(live(), { canaryWeight: 1 }).atRest, false);
    assert.equal(inputs(live({ environments: { blue, green: { ...green, image: "registry/shop:0" } } })).atRest, false);
  });

  it("is no rest, and no traffic, before the first deploy", () => {
    const first = inputs({ known: true, services: [] });
    assert.deepEqual([first.atRest, first.services[0]?.previous, first.rollback], [false, "none", false]);
  });

  it("says why live traffic is unknown, and that a route was led elsewhere by hand", () => {
    const unknown = inputs({ known: false, why: "connect ECONNREFUSED" });
    assert.deepEqual([unknown.unknown, unknown.atRest], ["connect ECONNREFUSED", false]);
    assert.equal(unknown.services[0]?.previous, "unknown");
    const elsewhere = inputs(live({ route: { canary: { color: "green", weight: 0 } } }));
    assert.deepEqual([elsewhere.unknown, elsewhere.services[0]?.previous], [undefined, "unknown"]);
  });

  it("says that an update that was recorded and did not come to its end goes on", () => {
    const recorded = { activeColor: "blue", canaryWeight: 50 } as const;
    const begun = live({ route: { ...resting.route, canary: { color: "green", weight: 20 }, recorded } });
    assert.equal(inputs(begun, { canaryWeight: 50 }).resumes, true);
    assert.equal(inputs(begun, { canaryWeight: 60 }).resumes, false);
  });

  it("names the last move of any service", () => {
    const later = { ...resting, name: "cart", route: { ...resting.route, movedAt: new Date("2026-03-02T00:00:00Z") } };
    const { lastMovedAt } = inputs({ known: true, services: [later, resting] });
    assert.equal(lastMovedAt, "2026-03-02T00:00:00.000Z");
  });
});

describe("a rollback", () => {
  const flippedBack = (served: string | undefined, image = "registry/shop:1") =>
    inputs(live({ ...at(0, "green"), environments: { blue: { ...blue, image, ...(served && { served }) }, green } }));

  it("is a lower weight, and no higher one", () => {
    assert.equal(inputs(live(at(50)), { canaryWeight: 20 }).rollback, true);
    assert.equal(inputs(live(at(20)), { canaryWeight: 50 }).rollback, false);
  });

  it("is a flip to the color that was left, with the image that it had then", () => {
    assert.equal(flippedBack("registry/shop:1").rollback, true);
    assert.equal(flippedBack(undefined).rollback, false);
    assert.equal(flippedBack("registry/shop:0").rollback, false);
    assert.equal(flippedBack("registry/shop:1", "registry/shop:0").rollback, false);
  });

  it("is none when one service goes forward", () => {
    const cart = { ...goodConfig.services.shop, ingress: { host: "cart.example.com" }, previewHost: "" };
    const services = { shop: goodConfig.services.shop, cart };
    const back = { ...resting, ...at(50) };
    const both = (weight: number): Live => ({
      known: true,
      services: [back, { ...resting, ...at(weight), name: "cart" }],
    });
    assert.equal(inputs(both(40), { services, canaryWeight: 20 }).rollback, true);
    assert.equal(inputs(both(10), { services, canaryWeight: 20 }).rollback, false);
  });
});

describe("the image that a color last served with", () => {
  const served = (now: Live, change: Record<string, unknown> = {}) =>
    servedImages(now, settingsOf({ ...goodConfig, ...change }));

  it("is recorded by the flip that leaves the color, and kept", () => {
    assert.deepEqual(served(live()), { blue: {}, green: {} });
    assert.deepEqual(served(live(), { activeColor: "green" }), { blue: { shop: "registry/shop:1" }, green: {} });
    const left = live({ ...at(0, "green"), environments: { blue: { ...blue, served: "registry/shop:1" }, green } });
    const next = { activeColor: "green" };
    assert.deepEqual(served(left, next), { blue: { shop: "registry/shop:1" }, green: {} });
  });

  it("is not recorded by a rollback: what it leaves is no release to go back to", () => {
    const now = live({ ...at(0, "green"), environments: { blue: { ...blue, served: "registry/shop:1" }, green } });
    assert.deepEqual(served(now, { activeColor: "blue" }), { blue: { shop: "registry/shop:1" }, green: {} });
  });

  it("is not that of a flip that was refused, whose color never served", () => {
    const refused = live({ environments: { blue: { ...blue, served: "registry/shop:1" }, green } });
    assert.deepEqual(served(refused).green, {});
  });
});
