import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseSettings } from "../../../components/config/settings";
import { type Deployment, type Service } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { lastIn } from "../../../components/model/arrangement";
import { type Color, colors } from "../../../components/model/color";
import { type Live, liveShares } from "../../../components/model/live";
import { formatProblem } from "../../../components/model/problems";
import { planTransition } from "../../../components/model/transition";
import { Release, releaseArgs } from "../../../components/release";
import { replicas } from "../../../components/routers/replicas/live";
import { FakeCluster, slice } from "../../support/cluster";
import { type Registered, registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, ledMetadata, settingsOf } from "../fixtures";

const shop = { ...goodConfig.services.shop, replicas: 10 };
const config = (change: Record<string, unknown> = {}) => ({
  namespace: "shop",
  router: "replicas",
  services: { shop },
  ...change,
});

type Pods = Readonly<Record<Color, number>>;

/** What a cluster has after an update by this router; `ready` where that is another number than what is asked for. */
function cluster(pods: Pods, { record = "blue 0", ready = pods, selects = "" } = {}): FakeCluster {
  const [activeColor = "", weight = ""] = record.split(" ");
  const labels = { "app.kubernetes.io/managed-by": "cyan" };
  const annotations = {
    ...{ "cyan.dev/active-color": activeColor, "cyan.dev/canary-weight": weight },
    ...{ "cyan.dev/blue-pods": "10", "cyan.dev/green-pods": "10" },
  };
  const selector = { "app.kubernetes.io/name": "shop", ...(selects && { "cyan.dev/color": selects }) };
  return new FakeCluster({
    services: [{ metadata: { name: "shop", labels, annotations }, spec: { selector } }],
    deployments: colors.map((color): Deployment => {
      const { image } = shop[color];
      return {
        metadata: { name: `shop-${color}`, labels },
        spec: { replicas: pods[color], template: { spec: { containers: [{ image }] } } },
      };
    }),
    endpointSlices: colors.map((color, index) => slice(`shop-${color}`, ready[color], 100 * index)),
  });
}

async function liveIn(found: FakeCluster): Promise<Live> {
  const live = await readLive(Promise.resolve(found), ["shop"], replicas);
  assert.ok(live.known, "the cluster was not read");
  return live;
}

async function planIn(found: FakeCluster, change: Record<string, unknown>) {
  return planTransition(await liveIn(found), settingsOf(config(change)));
}

/** What an update declares of a cluster in which there is this. */
async function releaseIn(live: Live, change: Record<string, unknown>): Promise<ReadonlyMap<string, Registered>> {
  const settings = settingsOf(config(change));
  return registeredBy(() => new Release("r", releaseArgs(settings, live), { last: lastIn(live, settings) }));
}

const sizeOf = (registered: ReadonlyMap<string, Registered>, color: Color): number =>
  (registered.get(`r-${color}-shop`)?.inputs as { spec: { replicas: number } }).spec.replicas;

describe("the replicas router", () => {
  it("declares one Service that selects the app label alone, and the sizes whose ratio is the weight", async () => {
    const registered = await releaseIn({ known: true, services: [] }, { canaryWeight: 20 });
    const own = [...registered.values()].filter(({ parent }) => parent === "r").map(({ name }) => name);
    assert.deepEqual(own.toSorted(), ["r-blue", "r-green", "r-namespace", "r-shop-active"]);
    assert.deepEqual(registered.get("r-shop-active")?.inputs, {
      apiVersion: "v1",
      kind: "Service",
      metadata: ledMetadata("blue", 20, {
        "cyan.dev/blue-pods": "10",
        "cyan.dev/green-pods": "10",
        "cyan.dev/router": "replicas",
      }),
      spec: {
        selector: { "app.kubernetes.io/name": "shop" },
        ports: [{ name: "http", port: 80, targetPort: "http" }],
      },
    });
    assert.deepEqual([sizeOf(registered, "blue"), sizeOf(registered, "green")], [8, 2]);
  });

  const orders: [what: string, now: Pods, record: string, then: Record<string, unknown>, grows: Color][] = [
    ["a weight that rises", { blue: 10, green: 0 }, "blue 0", { canaryWeight: 20 }, "green"],
    ["a weight that falls", { blue: 5, green: 5 }, "blue 50", { canaryWeight: 20 }, "blue"],
    ["a flip", { blue: 10, green: 0 }, "blue 0", { activeColor: "green" }, "green"],
    ["a rollback", { blue: 0, green: 10 }, "green 0", { activeColor: "blue" }, "blue"],
  ];
  for (const [what, now, record, then, grows] of orders) {
    it(`grows ${grows} before the Service says so and the other color shrinks, for ${what}`, async () => {
      const found = cluster(now, { record });
      const registered = await releaseIn(await liveIn(found), then);
      const shrinks = grows === "blue" ? "green" : "blue";
      assert.ok(waitsFor(registered, "r-shop-active", `r-${grows}-shop`));
      assert.ok(waitsFor(registered, `r-${shrinks}-shop`, "r-shop-active"));
      const { steps } = await planIn(found, then);
      const kinds = steps.map((step) => ("color" in step ? `${step.kind} ${step.color}` : step.kind));
      assert.equal(kinds[0], `grow ${grows}`);
      assert.equal(kinds[1], "gate");
      assert.equal(kinds.at(-1), `shrink ${shrinks}`);
    });
  }

  it("takes a color that a former router kept idle out before its Service selects both", async () => {
    const found = cluster({ blue: 10, green: 10 }, { selects: "blue" });
    const live = await liveIn(found);
    assert.ok(live.known);
    assert.deepEqual(live.services.map(liveShares), [{ blue: 100, green: 0 }]);
    const registered = await releaseIn(live, {});
    assert.equal(sizeOf(registered, "green"), 0);
    assert.ok(waitsFor(registered, "r-shop-active", "r-green-shop"));
  });

  it("asks for the pods of the color that grows, and for as many as serve, before the other color loses any", async () => {
    const found = cluster({ blue: 10, green: 0 });
    const { needs } = await planIn(found, { canaryWeight: 20 });
    assert.deepEqual(needs, [
      { service: "shop", color: "blue", share: 80, ready: 10, needed: 8 },
      { service: "shop", color: "green", share: 20, ready: 0, needed: 2, growsTo: 2 },
    ]);
    const fewer = { shop: { ...shop, replicas: 4 } };
    const refused = await planIn(found, { canaryWeight: 20, services: fewer });
    assert.deepEqual(
      refused.needs.map(({ color, needed }) => [color, needed]),
      [
        ["blue", 4],
        ["green", 6],
      ],
    );
  });

  it("counts the share in ready pods, and does not take one that is not ready for an edit by hand", async () => {
    const found = cluster({ blue: 8, green: 2 }, { record: "blue 20", ready: { blue: 7, green: 2 } });
    const live = await liveIn(found);
    assert.ok(live.known);
    assert.deepEqual(live.services.map(liveShares), [{ blue: 77.8, green: 22.2 }]);
    const { needs, drift } = await planIn(found, { canaryWeight: 20 });
    assert.deepEqual([needs, drift], [[], []]);
  });

  it("says which of two colors is active by its record, and nothing of a Service without one", async () => {
    const found = cluster({ blue: 2, green: 8 }, { record: "green 20" });
    const live = await liveIn(found);
    assert.ok(live.known);
    assert.equal(live.services[0]?.route?.active, "green");
    const foreign: Service = { metadata: { name: "shop" }, spec: { selector: { app: "shop" } } };
    const other = await readLive(Promise.resolve(new FakeCluster({ services: [foreign] })), ["shop"], replicas);
    assert.ok(other.known);
    assert.equal(other.services[0]?.route, undefined);
    assert.equal(other.services[0]?.foreign?.service?.object, "Service shop");
  });

  it("gives what the sizes of the Deployments make of the requests", async () => {
    for (const [change, served] of [
      [{ canaryWeight: 20 }, { active: "shop-blue", idle: "shop-green", canaryWeight: 20 }],
      [
        { activeColor: "green", canaryWeight: 1 },
        { active: "shop-green", idle: "shop-blue", canaryWeight: 9.1 },
      ],
    ] as const) {
      let release: Release["served"] = {};
      await registeredBy(() => (release = new Release("r", releaseArgs(settingsOf(config(change)))).served));
      assert.deepEqual(await valueOf(pulumi.output(release)), { shop: served });
    }
  });

  const warned = (change: Record<string, unknown>): readonly string[] => {
    const parsed = parseSettings(config(change));
    assert.ok("settings" in parsed, "the config is wrong");
    return parsed.warnings.map(formatProblem);
  };

  it("is warned of a weight that the numbers of pods cannot give, with the error and what would give it", () => {
    assert.deepEqual(warned({ canaryWeight: 20 }), []);
    assert.deepEqual(warned({ canaryWeight: 5 }), [
      "services.shop: canaryWeight 5 is given as 9.1 %, by 10 blue and 1 green pods, the nearest that they can: " +
        "4.1 points off; with replicas 20 it is exact",
    ]);
  });

  it("is warned of gates that can only try a color which has requests already", () => {
    assert.deepEqual(warned({ gate: { http: { path: "/" } } }), [
      "gate.http: tries a color that has its share already: with the router replicas a pod gets requests as soon as it is ready",
    ]);
  });

  it("keeps no pod of a color that gets nothing, and cannot be told to", async () => {
    const registered = await releaseIn({ known: true, services: [] }, {});
    assert.deepEqual([sizeOf(registered, "blue"), sizeOf(registered, "green")], [10, 0]);
    const autoscaling = { minReplicas: 2, maxReplicas: 9 };
    const parsed = parseSettings(config({ standby: "1", services: { shop: { ...shop, autoscaling } } }));
    const others = "ingress-nginx, service, gateway-api, traefik, f5-nginx, aws-alb, istio or linkerd";
    assert.deepEqual("problems" in parsed && parsed.problems.map(formatProblem), [
      "services.shop.autoscaling: the router replicas cannot leave the number of pods to an autoscaler; leave it out, or " +
        `set router to ${others}`,
      `standby: the router replicas cannot keep pods of a color that gets no requests; leave it out, or set router to ${others}`,
    ]);
  });
});

describe("the replicas router, past the engine", () => {
  const annotations = (activeColor: string, weight: string) => ({
    "cyan.dev/active-color": activeColor,
    "cyan.dev/canary-weight": weight,
  });

  it("takes pods away only when those that it added are ready", async () => {
    const found = cluster({ blue: 5, green: 5 }, { record: "blue 50" });
    const moving = replicas.move(found, ["shop"], { activeColor: "blue", canaryWeight: 0 });
    await found.watched;
    assert.deepEqual(found.patches, [{ kind: "Deployment", name: "shop-blue", change: { spec: { replicas: 10 } } }]);
    found.change({ endpointSlices: [slice("shop-blue", 10), slice("shop-green", 5, 100)] });
    await moving;
    assert.deepEqual(found.patches.slice(1), [
      { kind: "Deployment", name: "shop-green", change: { spec: { replicas: 0 } } },
      {
        kind: "Service",
        name: "shop",
        change: { metadata: { annotations: annotations("blue", "0") }, spec: { selector: { "cyan.dev/color": null } } },
      },
    ]);
  });

  it("moves nothing of a service that has no Service", async () => {
    const found = cluster({ blue: 5, green: 5 });
    await assert.rejects(
      replicas.move(found, ["shop", "cart"], { activeColor: "blue", canaryWeight: 0 }),
      /no object gives the traffic of cart/,
    );
    assert.deepEqual(found.patches, []);
  });
});
