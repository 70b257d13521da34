import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type KubernetesObject } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { Release, releaseArgs } from "../../../components/release";
import { linkerd } from "../../../components/routers/linkerd/live";
import { FakeCluster } from "../../support/cluster";
import { registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, ledMetadata, settingsOf } from "../fixtures";

const config = (change: Record<string, unknown> = {}) => ({
  namespace: "shop",
  router: "linkerd",
  services: goodConfig.services,
  ...change,
});
const release = (change: Record<string, unknown> = {}) =>
  registeredBy(() => new Release("r", releaseArgs(settingsOf(config(change)))));

const spec = (active: string, idle: string, weight: number) => ({
  parentRefs: [{ group: "", kind: "Service", name: "shop", port: 80 }],
  rules: [
    {
      matches: [{ path: { type: "PathPrefix", value: "/" } }],
      backendRefs: [
        { name: active, port: 80, weight: 100 - weight },
        { name: idle, port: 80, weight },
      ],
    },
  ],
});

describe("the linkerd router", () => {
  it("declares a route that hangs on the service's own Service, and splits by weight", async () => {
    const registered = await release({ activeColor: "green", canaryWeight: 20 });
    assert.deepEqual(registered.get("r-shop")?.inputs, {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: ledMetadata("green", 20),
      spec: spec("shop-green", "shop-blue", 20),
    });
    const inside = registered.get("r-shop-active")?.inputs as { spec: { selector: object } };
    const { selector } = inside.spec;
    assert.deepEqual(selector, { "app.kubernetes.io/name": "shop", "cyan.dev/color": "green" });
    assert.ok(waitsFor(registered, "r-shop-active", "r-shop"));
  });

  it("gives, reads and moves the traffic of its route", async () => {
    const before = { activeColor: "green", canaryWeight: 20 };
    let served: Release["served"] = {};
    await registeredBy(() => (served = new Release("r", releaseArgs(settingsOf(config(before)))).served));
    assert.deepEqual(await valueOf(pulumi.output(served)), {
      shop: { active: "shop-green", idle: "shop-blue", canaryWeight: 20 },
    });
    const object = (await release(before)).get("r-shop")?.inputs as KubernetesObject;
    const cluster = new FakeCluster({ kinds: { HTTPRoute: [object] } });
    const live = await readLive(Promise.resolve(cluster), ["shop"], linkerd);
    assert.ok(live.known);
    assert.deepEqual(live.services[0]?.route?.canary, { color: "blue", weight: 20 });
    await linkerd.move(cluster, ["shop"], { activeColor: "blue", canaryWeight: 5 });
    assert.deepEqual(
      cluster.patches.map(({ kind, change }) => [kind, change.spec]),
      [["HTTPRoute", spec("shop-blue", "shop-green", 5)]],
    );
  });
});
