import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type KubernetesObject } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { Release, releaseArgs } from "../../../components/release";
import { traefik } from "../../../components/routers/traefik/live";
import { FakeCluster } from "../../support/cluster";
import { type Registered, registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, ledMetadata, settingsOf, shopLabels, trafficObject } from "../fixtures";

const config = (change: Record<string, unknown> = {}) => ({ ...goodConfig, router: "traefik", ...change });
const release = (change: Record<string, unknown> = {}) =>
  registeredBy(() => new Release("r", releaseArgs(settingsOf(config(change)))));

interface RouteSpec {
  readonly routes: readonly { match: string; priority?: number; services: object[] }[];
  readonly tls?: object;
}
const specIn = (registered: ReadonlyMap<string, Registered>, name: string): object =>
  (registered.get(name)?.inputs as { spec: object }).spec;
const routeIn = (registered: ReadonlyMap<string, Registered>, name = "r-shop") => specIn(registered, name) as RouteSpec;

const blue = { name: "shop-blue", port: 80 };
const green = { name: "shop-green", port: 80 };

describe("the traefik router", () => {
  it("declares a split by weight, the active color first, before the route that leads to it", async () => {
    const registered = await release({ activeColor: "green", canaryWeight: 20 });
    assert.deepEqual(registered.get("r-shop-split")?.inputs, {
      apiVersion: "traefik.io/v1alpha1",
      kind: "TraefikService",
      metadata: ledMetadata("green", 20),
      spec: {
        weighted: {
          services: [
            { ...green, weight: 80 },
            { ...blue, weight: 20 },
          ],
        },
      },
    });
    assert.deepEqual(registered.get("r-shop")?.inputs, {
      apiVersion: "traefik.io/v1alpha1",
      kind: "IngressRoute",
      metadata: { name: "shop", namespace: "shop", labels: shopLabels, annotations: trafficObject },
      spec: {
        routes: [
          { kind: "Rule", match: "Host(`shop.example.com`)", services: [{ name: "shop", kind: "TraefikService" }] },
        ],
      },
    });
    assert.deepEqual(routeIn(registered, "r-shop-preview").routes[0]?.services, [blue]);
    assert.ok(waitsFor(registered, "r-shop", "r-shop-split"));
    assert.ok(waitsFor(registered, "r-shop-active", "r-shop"));
    assert.ok(waitsFor(registered, "r-shop-split", "r-green-shop"));
  });

  it("matches whole elements of a path, and terminates TLS with the named secret", async () => {
    const registered = await release({ ingress: { host: "a.b", path: "/api/", tls: "cert" } });
    const { routes, tls } = routeIn(registered);
    assert.equal(routes[0]?.match, "Host(`a.b`) && (Path(`/api`) || PathPrefix(`/api/`))");
    assert.deepEqual(tls, { secretName: "cert" });
  });

  it("leads what carries a header or a cookie to one color, just before its own route and after longer paths", async () => {
    const canary = { header: "X-Next", cookie: "next" };
    const { routes } = routeIn(await release({ canary }));
    const [main] = routes.slice(-1);
    assert.deepEqual(
      routes.map(({ services }) => services),
      [[green], [blue], [green], [blue], [{ name: "shop", kind: "TraefikService" }]],
    );
    assert.equal(routes[0]?.match, "Host(`shop.example.com`) && Header(`X-Next`, `always`)");
    const ownLength = main?.match.length ?? 0;
    assert.deepEqual(
      routes.map(({ priority }) => priority),
      [ownLength + 4, ownLength + 3, ownLength + 2, ownLength + 1, undefined],
    );
    const longer = routeIn(await release({ ingress: { host: "shop.example.com", path: "/a" }, canary })).routes.at(-1);
    assert.ok((longer?.match.length ?? 0) > ownLength + routes.length);
  });

  it("sends copies of requests to the idle color, by a service that stands before the split", async () => {
    const registered = await release({ canary: { mirror: 10 } });
    assert.deepEqual(specIn(registered, "r-shop-mirror"), {
      mirroring: { name: "shop", kind: "TraefikService", mirrors: [{ ...green, percent: 10 }] },
    });
    assert.deepEqual(routeIn(registered).routes[0]?.services, [{ name: "shop-mirror", kind: "TraefikService" }]);
    assert.ok(waitsFor(registered, "r-shop", "r-shop-mirror") && waitsFor(registered, "r-shop-mirror", "r-shop-split"));
  });

  it("keeps a user on a color by a cookie, which is another one after a flip", async () => {
    const canary = { affinity: { cookie: "shop-session", maxAge: "1h" } };
    const stickyOf = async (activeColor: string): Promise<unknown> => {
      const spec = specIn(await release({ canary, activeColor }), "r-shop-split");
      return (spec as { weighted: { sticky: unknown } }).weighted.sticky;
    };
    assert.deepEqual(await stickyOf("blue"), {
      cookie: { name: "shop-session-blue", httpOnly: true, maxAge: 3600 },
    });
    assert.notDeepEqual(await stickyOf("green"), await stickyOf("blue"));
  });

  it("gives the traffic that its split has", async () => {
    let served: Release["served"] = {};
    await registeredBy(() => {
      served = new Release("r", releaseArgs(settingsOf(config({ activeColor: "green", canaryWeight: 5 })))).served;
    });
    assert.deepEqual(await valueOf(pulumi.output(served)), {
      shop: { active: "shop-green", idle: "shop-blue", canaryWeight: 5 },
    });
  });
});

describe("the live half of the traefik router", () => {
  const canary = { header: "X-Next", mirror: 5, affinity: { cookie: "session" } };
  const clusterWith = async (change: Record<string, unknown>): Promise<FakeCluster> => {
    const registered = await release({ canary, ...change });
    const objects = (...all: string[]) => all.map((name) => registered.get(name)?.inputs as KubernetesObject);
    return new FakeCluster({
      kinds: { TraefikService: objects("r-shop-split", "r-shop-mirror"), IngressRoute: objects("r-shop") },
    });
  };

  it("reads the weights of the split", async () => {
    const cluster = await clusterWith({ canaryWeight: 20 });
    const live = await readLive(Promise.resolve(cluster), ["shop"], traefik);
    assert.ok(live.known);
    assert.deepEqual(live.services[0]?.route, {
      active: "blue",
      canary: { color: "green", weight: 20 },
      recorded: { activeColor: "blue", canaryWeight: 20 },
    });
  });

  it("moves a weight by one write, and at a flip leads copies and headers to the other color too", async () => {
    const cluster = await clusterWith({ activeColor: "green", canaryWeight: 20 });
    const writes = () => cluster.patches.splice(0).map(({ kind, name, change }) => [kind, name, change.spec]);
    const declared = async (change: Record<string, unknown>, name: string) =>
      specIn(await release({ canary, ...change }), name);

    await traefik.move(cluster, ["shop"], { activeColor: "green", canaryWeight: 0 });
    const back = { activeColor: "green", canaryWeight: 0 };
    assert.deepEqual(writes(), [["TraefikService", "shop", await declared(back, "r-shop-split")]]);

    await traefik.move(cluster, ["shop"], { activeColor: "blue", canaryWeight: 0 });
    assert.deepEqual(writes(), [
      ["TraefikService", "shop", await declared({}, "r-shop-split")],
      ["TraefikService", "shop-mirror", await declared({}, "r-shop-mirror")],
      ["IngressRoute", "shop", await declared({}, "r-shop")],
    ]);
  });
});
