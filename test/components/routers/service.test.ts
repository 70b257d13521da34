import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type Service } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { liveShares } from "../../../components/model/live";
import { Release, releaseArgs } from "../../../components/release";
import { service } from "../../../components/routers/service/live";
import { FakeCluster } from "../../support/cluster";
import { registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, settingsOf, shopLabels, trafficObject } from "../fixtures";

const { shop } = goodConfig.services;
const config = (change: Record<string, unknown> = {}) => ({
  namespace: "shop",
  router: "service",
  services: { shop },
  ...change,
});
const selecting = (color: string): Service => ({
  metadata: { name: "shop", annotations: { "cyan.dev/active-color": "blue", "cyan.dev/canary-weight": "0" } },
  spec: { selector: { "app.kubernetes.io/name": "shop", "cyan.dev/color": color } },
});

describe("the service router", () => {
  it("declares one Service that selects the active color, and one that shows the idle color", async () => {
    const registered = await registeredBy(
      () => new Release("r", releaseArgs(settingsOf(config({ activeColor: "green" })))),
    );
    const own = [...registered.values()].filter(({ parent }) => parent === "r").map(({ name }) => name);
    assert.deepEqual(own.toSorted(), ["r-blue", "r-green", "r-namespace", "r-shop-active", "r-shop-preview"]);
    const object = (name: string, color: string, annotations: Record<string, string>) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name,
        namespace: "shop",
        labels: shopLabels,
        annotations: { ...annotations, ...trafficObject },
      },
      spec: {
        selector: { "app.kubernetes.io/name": "shop", "cyan.dev/color": color },
        ports: [{ name: "http", port: 80, targetPort: "http" }],
      },
    });
    const record = { "cyan.dev/active-color": "green", "cyan.dev/canary-weight": "0", "cyan.dev/router": "service" };
    assert.deepEqual(registered.get("r-shop-active")?.inputs, object("shop", "green", record));
    assert.deepEqual(registered.get("r-shop-preview")?.inputs, object("shop-preview", "blue", {}));
    assert.ok(waitsFor(registered, "r-shop-active", "r-green-shop"));
    assert.ok(waitsFor(registered, "r-blue-shop", "r-shop-active"));
  });

  it("exposes the Service of the active color alone, as the service or else the stack says", async () => {
    const expose = { type: "LoadBalancer", annotations: { "example.com/internal": "true" } };
    const services = { shop, cart: { ...shop, expose: { type: "NodePort", nodePort: 30_080 } } };
    const registered = await registeredBy(
      () => new Release("r", releaseArgs(settingsOf(config({ expose, services })))),
    );
    const specOf = (name: string): { type?: string; ports: { nodePort?: number }[] } =>
      (registered.get(name)?.inputs as { spec: { type?: string; ports: { nodePort?: number }[] } }).spec;
    assert.equal(specOf("r-shop-active").type, "LoadBalancer");
    assert.equal(specOf("r-shop-preview").type, undefined);
    assert.equal(specOf("r-cart-active").type, "NodePort");
    assert.equal(specOf("r-cart-active").ports[0]?.nodePort, 30_080);
    const { metadata } = registered.get("r-shop-active")?.inputs as {
      metadata: { annotations: Record<string, string> };
    };
    assert.equal(metadata.annotations["example.com/internal"], "true");
  });

  it("gives the color that its Service selects", async () => {
    let served: Release["served"] = {};
    await registeredBy(() => (served = new Release("r", releaseArgs(settingsOf(config()))).served));
    assert.deepEqual(await valueOf(pulumi.output(served)), {
      shop: { active: "shop-blue", idle: "shop-green", canaryWeight: 0 },
    });
  });

  it("reads the color that the Service selects, and what was recorded on it", async () => {
    const live = await readLive(
      Promise.resolve(new FakeCluster({ services: [selecting("green")] })),
      ["shop", "cart"],
      service,
    );
    assert.ok(live.known);
    assert.deepEqual(live.services.map(liveShares), [
      { blue: 0, green: 100 },
      { blue: 0, green: 0 },
    ]);
    assert.deepEqual(live.services[0]?.route, {
      active: "green",
      canary: { color: "blue", weight: 0 },
      recorded: { activeColor: "blue", canaryWeight: 0 },
    });
  });

  it("takes a Service that another router made for both colors for none of its own, and one edited by hand for that", async () => {
    const both = (router: string): Service => ({
      metadata: {
        name: "shop",
        annotations: { "cyan.dev/active-color": "blue", "cyan.dev/canary-weight": "0", "cyan.dev/router": router },
      },
      spec: { selector: { "app.kubernetes.io/name": "shop" } },
    });
    const routeOf = async (router: string) => {
      const live = await readLive(Promise.resolve(new FakeCluster({ services: [both(router)] })), ["shop"], service);
      assert.ok(live.known);
      return live.services[0]?.route;
    };
    assert.equal(await routeOf("replicas"), undefined);
    assert.deepEqual(await routeOf("service"), { recorded: { activeColor: "blue", canaryWeight: 0 } });
  });

  it("moves the selector at once, and no share of the requests", async () => {
    const cluster = new FakeCluster({ services: [selecting("green")] });
    await assert.rejects(service.move(cluster, ["shop"], { activeColor: "blue", canaryWeight: 5 }), /cannot/);
    await service.move(cluster, ["shop"], { activeColor: "blue", canaryWeight: 0 });
    const annotations = { "cyan.dev/active-color": "blue", "cyan.dev/canary-weight": "0" };
    const change = { metadata: { annotations }, spec: { selector: { "cyan.dev/color": "blue" } } };
    assert.deepEqual(cluster.patches, [{ kind: "Service", name: "shop", change }]);
  });
});
