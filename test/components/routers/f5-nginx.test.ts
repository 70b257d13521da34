import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseSettings } from "../../../components/config/settings";
import { type KubernetesObject } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { formatProblem } from "../../../components/model/problems";
import { Release, releaseArgs } from "../../../components/release";
import { f5Nginx } from "../../../components/routers/f5-nginx/live";
import { FakeCluster } from "../../support/cluster";
import { registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, settingsOf, shopLabels, trafficObject } from "../fixtures";

const config = (change: Record<string, unknown> = {}) => ({ ...goodConfig, router: "f5-nginx", ...change });
const release = (change: Record<string, unknown> = {}) =>
  registeredBy(() => new Release("r", releaseArgs(settingsOf(config(change)))));

interface Server {
  readonly spec: { readonly routes: readonly object[] };
}
const routesOf = async (change: Record<string, unknown>): Promise<readonly object[]> =>
  ((await release(change)).get("r-shop")?.inputs as Server).spec.routes;

const upstream = (name: string) => ({ name, service: name, port: 80 });
const toGreen = { action: { pass: "shop-green" } };
const toBlue = { action: { pass: "shop-blue" } };

describe("the f5-nginx router", () => {
  it("declares one VirtualServer that splits by weight, the active color first, and one for the preview host", async () => {
    const ingress = { host: "shop.example.com", className: "nginx-plus", tls: "cert" };
    const registered = await release({ activeColor: "green", canaryWeight: 20, ingress });
    const object = (name: string, annotations: object, spec: object) => ({
      apiVersion: "k8s.nginx.org/v1",
      kind: "VirtualServer",
      metadata: {
        name,
        namespace: "shop",
        labels: shopLabels,
        annotations: { ...trafficObject, ...annotations },
      },
      spec: {
        ingressClassName: "nginx-plus",
        tls: { secret: "cert" },
        upstreams: [upstream("shop-green"), upstream("shop-blue")],
        ...spec,
      },
    });
    const record = { "cyan.dev/active-color": "green", "cyan.dev/canary-weight": "20" };
    const splits = [
      { weight: 80, ...toGreen },
      { weight: 20, ...toBlue },
    ];
    assert.deepEqual(
      registered.get("r-shop")?.inputs,
      object("shop", record, { host: "shop.example.com", routes: [{ path: "/", splits }] }),
    );
    assert.deepEqual(
      registered.get("r-shop-preview")?.inputs,
      object("shop-preview", {}, { host: "preview.shop.example.com", routes: [{ path: "/", ...toBlue }] }),
    );
    assert.ok(waitsFor(registered, "r-shop", "r-green-shop") && waitsFor(registered, "r-shop", "r-blue-shop"));
    assert.ok(waitsFor(registered, "r-shop-active", "r-shop"));
  });

  it("splits nothing at 0 and at 100 %, which older releases take for no weight, and has both colors loaded", async () => {
    assert.deepEqual(await routesOf({}), [{ path: "/", ...toBlue }]);
    assert.deepEqual(await routesOf({ canaryWeight: 100 }), [{ path: "/", ...toGreen }]);
  });

  it("matches whole elements of a path", async () => {
    const routes = await routesOf({ ingress: { host: "shop.example.com", path: "/api" } });
    assert.deepEqual(routes, [
      { path: "=/api", ...toBlue },
      { path: "/api/", ...toBlue },
    ]);
  });

  it("leads what carries a header or a cookie to one color, before it splits", async () => {
    const [route] = await routesOf({ canary: { header: "X-Next", cookie: "next" } });
    const cookie = (value: string) => `~^(?:.*;\\s*)?next=${value}(?:\\s*;.*)?$`;
    assert.deepEqual((route as { matches: unknown }).matches, [
      { conditions: [{ header: "X-Next", value: "always" }], ...toGreen },
      { conditions: [{ header: "X-Next", value: "never" }], ...toBlue },
      { conditions: [{ header: "Cookie", value: cookie("always") }], ...toGreen },
      { conditions: [{ header: "Cookie", value: cookie("never") }], ...toBlue },
    ]);
  });

  it("gives the traffic that its VirtualServer has", async () => {
    for (const canaryWeight of [0, 5, 100]) {
      let served: Release["served"] = {};
      await registeredBy(() => {
        served = new Release("r", releaseArgs(settingsOf(config({ activeColor: "green", canaryWeight })))).served;
      });
      assert.deepEqual(await valueOf(pulumi.output(served)), {
        shop: { active: "shop-green", idle: "shop-blue", canaryWeight },
      });
    }
  });

  it("is moved past the engine to just what an update declares, and is read as it is", async () => {
    const before = { activeColor: "blue", canaryWeight: 5 } as const;
    const canary = { header: "X-Next" };
    const object = (await release({ ...before, canary })).get("r-shop")?.inputs as KubernetesObject;
    const found = () => new FakeCluster({ kinds: { VirtualServer: [object] } });
    const live = await readLive(Promise.resolve(found()), ["shop"], f5Nginx);
    assert.ok(live.known);
    assert.deepEqual(live.services[0]?.route, {
      active: "blue",
      canary: { color: "green", weight: 5 },
      recorded: before,
    });
    for (const [activeColor, canaryWeight] of [
      ["blue", 0],
      ["green", 0],
      ["green", 20],
      ["blue", 100],
    ] as const) {
      const cluster = found();
      await f5Nginx.move(cluster, ["shop"], { activeColor, canaryWeight });
      const declared = (await release({ activeColor, canaryWeight, canary })).get("r-shop")?.inputs as Server;
      assert.deepEqual(cluster.patches[0]?.change.spec, declared.spec);
    }
  });

  it("cannot lead one host to two services", () => {
    const { shop } = goodConfig.services;
    const services = { shop, cart: { ...shop, ingress: { path: "/cart" }, previewHost: "" } };
    const parsed = parseSettings(config({ services }));
    assert.deepEqual("problems" in parsed && parsed.problems.map(formatProblem), [
      "services.cart.ingress.host: the router f5-nginx cannot lead one host to several services by path; leave it out, or " +
        "set router to ingress-nginx, gateway-api, traefik, aws-alb, istio or argo-rollouts",
    ]);
  });
});
