import assert from "node:assert/strict";
import { readLive } from "../../../components/live/read";
import { readyEndpoints } from "../../../components/live/endpoints";
import { ingressNginx } from "../../../components/routers/ingress-nginx/live";
import { type KubernetesObject } from "../../../components/live/cluster";
import { type LiveRoute } from "../../../components/model/live";
import { FakeCluster, slice } from "../../support/cluster";

const prefix = "nginx.ingress.kubernetes.io";

function ingress(name: string, backend: string, annotations: Record<string, string> = {}): KubernetesObject {
  const spec = { rules: [{ http: { paths: [{ backend: { service: { name: backend } } }] } }] };
  return { metadata: { name, annotations }, ...{ spec } };
}

/** The route of shop in a cluster that has only these Ingresses. */
function routeIn(...ingresses: KubernetesObject[]): LiveRoute | undefined {
  return ingressNginx.read({ services: [], deployments: [], slices: [], of: () => ingresses }, "shop");
}

const record = { "cyan.dev/active-color": "blue", "cyan.dev/canary-weight": "20" };
const main = ingress("shop", "shop-blue", record);
const canary = ingress("shop-canary", "shop-green", {
  ...record,
  [`${prefix}/canary-weight`]: "40",
  [`${prefix}/canary-weight-total`]: "200",
});

describe("live traffic", () => {
  it("is read from the objects that give it", async () => {
    const cluster = new FakeCluster({
      kinds: { Ingress: [main, canary] },
      services: [{ metadata: { name: "shop" }, spec: { selector: { "cyan.dev/color": "blue" } } }],
      deployments: [
        {
          metadata: { name: "shop-blue", labels: { "app.kubernetes.io/managed-by": "cyan" } },
          spec: { replicas: 3, template: { spec: { containers: [{ image: "registry/shop:1" }] } } },
        },
      ],
      endpointSlices: [slice("shop-blue", 3), slice("shop-green", 1)],
    });
    assert.deepEqual(await readLive(Promise.resolve(cluster), ["shop"], ingressNginx), {
      known: true,
      services: [
        {
          name: "shop",
          route: {
            active: "blue",
            canary: { color: "green", weight: 20 },
            recorded: { activeColor: "blue", canaryWeight: 20 },
          },
          inside: "blue",
          environments: {
            blue: { ready: 3, replicas: 3, image: "registry/shop:1" },
            green: { ready: 1, replicas: 0 },
          },
        },
      ],
    });
  });

  it("was moved by force where any object that it goes by says so", async () => {
    const note = { "cyan.dev/forced": "capacity: too few" };
    const forced = async (objects: ConstructorParameters<typeof FakeCluster>[0]) => {
      const live = await readLive(Promise.resolve(new FakeCluster(objects)), ["shop"], ingressNginx);
      return live.known ? live.services[0]?.forced : live.why;
    };
    const noted = (name: string) => ({ metadata: { name, annotations: note } });
    assert.equal(await forced({ kinds: { Ingress: [main, noted("shop-canary")] } }), "capacity: too few");
    assert.equal(await forced({ services: [noted("shop")] }), "capacity: too few");
    assert.equal(await forced({ services: [noted("cart")], kinds: { Ingress: [main, noted("cart")] } }), undefined);
  });

  it("has the image that a color served with when a flip left it", async () => {
    const annotations = { "cyan.dev/served-image": "registry/shop:0" };
    const cluster = new FakeCluster({ services: [{ metadata: { name: "shop-green", annotations } }] });
    const live = await readLive(Promise.resolve(cluster), ["shop"], ingressNginx);
    assert.ok(live.known);
    assert.deepEqual(live.services[0]?.environments, {
      blue: { ready: 0, replicas: 0 },
      green: { ready: 0, replicas: 0, served: "registry/shop:0" },
    });
  });

  it("is nothing in an empty namespace, which is a first deploy", async () => {
    const live = await readLive(Promise.resolve(new FakeCluster()), ["shop"], ingressNginx);
    const none = { ready: 0, replicas: 0 };
    assert.deepEqual(live, { known: true, services: [{ name: "shop", environments: { blue: none, green: none } }] });
  });

  it("is unknown, with the reason, when the cluster does not answer", async () => {
    const live = await readLive(Promise.reject(new Error("connect ECONNREFUSED\nat x")), ["shop"], ingressNginx);
    assert.deepEqual(live, { known: false, why: "connect ECONNREFUSED" });
  });
});

describe("a live route", () => {
  it("leads to no color when a hand led it elsewhere", () => {
    assert.equal(routeIn(ingress("shop", "maintenance"))?.active, undefined);
    assert.equal(routeIn(canary), undefined);
  });

  it("has the weight that the controllers take: within 0 and 100, of a total of at least 100", () => {
    const weighted = (weight: string, total: string) =>
      routeIn(
        main,
        ingress("shop-canary", "shop-green", {
          [`${prefix}/canary-weight`]: weight,
          [`${prefix}/canary-weight-total`]: total,
        }),
      )?.canary?.weight;
    assert.equal(weighted("150", "100"), 100);
    assert.equal(weighted("-1", "100"), 0);
    assert.equal(weighted("25", "50"), 25);
  });

  it("was moved when its objects were last written, which a controller's status is not", () => {
    const written = (name: string, time: string, subresource?: string): KubernetesObject => ({
      ...ingress(name, "shop-blue"),
      metadata: { name, managedFields: [{ time: new Date(time), ...(subresource && { subresource }) }] },
    });
    const route = routeIn(
      written("shop", "2026-01-01T00:00:01Z"),
      written("shop-canary", "2026-01-01T00:00:09Z", "status"),
    );
    assert.deepEqual(route?.movedAt, new Date("2026-01-01T00:00:01Z"));
  });
});

describe("ready endpoints", () => {
  it("are counted once each, without those that are ending or not ready", () => {
    const labels = { "kubernetes.io/service-name": "shop-blue" };
    const odd = {
      metadata: { labels },
      endpoints: [
        { addresses: ["10.0.0.7"], conditions: { ready: false } },
        { addresses: ["10.0.0.8"], conditions: { ready: true, terminating: true } },
        { addresses: ["10.0.0.9"] },
      ],
    };
    assert.equal(
      readyEndpoints([slice("shop-blue", 2), slice("shop-blue", 2), slice("shop-green", 5), odd], "shop-blue"),
      3,
    );
  });
});
