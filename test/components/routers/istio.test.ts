import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type KubernetesObject } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { Release, releaseArgs } from "../../../components/release";
import { istio } from "../../../components/routers/istio/live";
import { FakeCluster } from "../../support/cluster";
import { registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, ledMetadata, settingsOf } from "../fixtures";

const config = (change: Record<string, unknown> = {}) => ({
  ...goodConfig,
  router: "istio",
  ingress: { host: "shop.example.com", path: "/api", gateway: "istio-system/edge" },
  ...change,
});
const release = (change: Record<string, unknown> = {}) =>
  registeredBy(() => new Release("r", releaseArgs(settingsOf(config(change)))));
const specOf = async (change: Record<string, unknown>, name = "r-shop"): Promise<object> =>
  ((await release(change)).get(name)?.inputs as { spec: object }).spec;

const blue = { host: "shop-blue", port: { number: 80 } };
const green = { host: "shop-green", port: { number: 80 } };
const gateways = ["istio-system/edge"];
const atGateway = [
  { gateways, uri: { exact: "/api" } },
  { gateways, uri: { prefix: "/api/" } },
];
const places = [...atGateway, { gateways: ["mesh"] }];
const retries = { attempts: 2, retryOn: "connect-failure,refused-stream,unavailable,cancelled" };

describe("the istio router", () => {
  it("declares one VirtualService that splits by weight, at its Gateway and inside the mesh", async () => {
    const registered = await release({ activeColor: "green", canaryWeight: 20 });
    assert.deepEqual(registered.get("r-shop")?.inputs, {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: ledMetadata("green", 20),
      spec: {
        hosts: ["shop.example.com", "shop"],
        gateways: ["istio-system/edge", "mesh"],
        http: [
          {
            match: places,
            route: [
              { destination: green, weight: 80 },
              { destination: blue, weight: 20 },
            ],
            retries,
          },
        ],
      },
    });
    assert.ok(waitsFor(registered, "r-shop", "r-shop-green-destination"));
    assert.ok(waitsFor(registered, "r-shop-active", "r-shop"));
  });

  it("declares what of each color is passed over", async () => {
    assert.deepEqual(await specOf({}, "r-shop-blue-destination"), {
      host: "shop-blue",
      trafficPolicy: {
        outlierDetection: {
          consecutiveGatewayErrors: 5,
          consecutive5xxErrors: 0,
          interval: "10s",
          baseEjectionTime: "30s",
          maxEjectionPercent: 50,
        },
      },
    });
  });

  it("leads a preview host to the idle color", async () => {
    assert.deepEqual(await specOf({}, "r-shop-preview"), {
      hosts: ["preview.shop.example.com"],
      gateways,
      http: [{ match: atGateway, route: [{ destination: green }] }],
    });
  });

  it("matches headers and cookies before it splits, and sends copies from the split", async () => {
    const spec = await specOf({ canary: { header: "X-User", headerPattern: "^t", cookie: "next", mirror: 10 } });
    const match = (headers: object) => places.map((place) => ({ ...place, headers }));
    const cookie = (value: string) => ({ cookie: { regex: `^(?:.*;\\s*)?next=${value}(?:\\s*;.*)?$` } });
    assert.deepEqual((spec as { http: unknown }).http, [
      { match: match({ "x-user": { regex: ".*(?:^t).*" } }), route: [{ destination: green }], retries },
      { match: match(cookie("always")), route: [{ destination: green }], retries },
      { match: match(cookie("never")), route: [{ destination: blue }], retries },
      {
        match: places,
        route: [
          { destination: blue, weight: 100 },
          { destination: green, weight: 0 },
        ],
        mirror: green,
        mirrorPercentage: { value: 10 },
        retries,
      },
    ]);
  });

  it("splits what callers inside the mesh send to a service without a route", async () => {
    const services = { shop: { ...goodConfig.services.shop, ingress: false } };
    const spec = (await specOf({ services })) as { hosts: unknown; gateways: unknown; http: { match: unknown }[] };
    assert.deepEqual([spec.hosts, spec.gateways, spec.http[0]?.match], [["shop"], ["mesh"], [{ gateways: ["mesh"] }]]);
  });

  it("gives, reads and moves the traffic of its VirtualService", async () => {
    const before = { activeColor: "green", canaryWeight: 20, canary: { header: "X-Next", mirror: 5 } };
    let served: Release["served"] = {};
    await registeredBy(() => (served = new Release("r", releaseArgs(settingsOf(config(before)))).served));
    assert.deepEqual(await valueOf(pulumi.output(served)), {
      shop: { active: "shop-green", idle: "shop-blue", canaryWeight: 20 },
    });
    const object = (await release(before)).get("r-shop")?.inputs as KubernetesObject;
    const cluster = new FakeCluster({ kinds: { VirtualService: [object] } });
    const live = await readLive(Promise.resolve(cluster), ["shop"], istio);
    assert.ok(live.known);
    assert.deepEqual(live.services[0]?.route, {
      active: "green",
      canary: { color: "blue", weight: 20 },
      recorded: { activeColor: "green", canaryWeight: 20 },
    });
    await istio.move(cluster, ["shop"], { activeColor: "blue", canaryWeight: 0 });
    const declared = await specOf({ ...before, activeColor: "blue", canaryWeight: 0 });
    assert.deepEqual(
      cluster.patches.map(({ kind, change }) => [kind, change.spec]),
      [["VirtualService", declared]],
    );
  });
});
