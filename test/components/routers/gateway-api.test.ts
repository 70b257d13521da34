import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type KubernetesObject } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { Release, releaseArgs } from "../../../components/release";
import { gatewayApi } from "../../../components/routers/gateway-api/live";
import { FakeCluster } from "../../support/cluster";
import { registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, settingsOf, shopLabels } from "../fixtures";

const config = (change: Record<string, unknown> = {}) => ({
  ...goodConfig,
  router: "gateway-api",
  ingress: { host: "shop.example.com", gateway: "infra/edge", annotations: { "example.com/owner": "shop" } },
  ...change,
});
const release = (change: Record<string, unknown> = {}) =>
  registeredBy(() => new Release("r", releaseArgs(settingsOf(config(change)))));

interface Route {
  readonly spec: { readonly rules: readonly object[] };
}
const rulesOf = async (change: Record<string, unknown>): Promise<readonly object[]> =>
  ((await release(change)).get("r-shop")?.inputs as Route).spec.rules;

/** What the engine waits for: that a Gateway takes the route. */
const accepted = 'jsonpath={.status.parents[*].conditions[?(@.type=="Accepted")].status}=True';
const path = { path: { type: "PathPrefix", value: "/" } };
const blue = { name: "shop-blue", port: 80 };
const green = { name: "shop-green", port: 80 };
const record = (activeColor: string, canaryWeight: string) => ({
  "cyan.dev/active-color": activeColor,
  "cyan.dev/canary-weight": canaryWeight,
});

describe("the gateway-api router", () => {
  it("declares one route that splits by weight, the active color first, and one for the preview host", async () => {
    const registered = await release({ activeColor: "green", canaryWeight: 20 });
    const object = (name: string, annotations: object, spec: object) => ({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: {
        name,
        namespace: "shop",
        labels: shopLabels,
        annotations: {
          "example.com/owner": "shop",
          "pulumi.com/patchForce": "true",
          ...annotations,
        },
      },
      spec: { parentRefs: [{ name: "edge", namespace: "infra" }], ...spec },
    });
    const split = [
      { ...green, weight: 80 },
      { ...blue, weight: 20 },
    ];
    assert.deepEqual(
      registered.get("r-shop")?.inputs,
      object(
        "shop",
        { ...record("green", "20"), "pulumi.com/waitFor": accepted },
        {
          hostnames: ["shop.example.com"],
          rules: [{ matches: [path], backendRefs: split }],
        },
      ),
    );
    assert.deepEqual(
      registered.get("r-shop-preview")?.inputs,
      object(
        "shop-preview",
        { "pulumi.com/skipAwait": "true" },
        {
          hostnames: ["preview.shop.example.com"],
          rules: [{ matches: [path], backendRefs: [blue] }],
        },
      ),
    );
    const own = [...registered.values()].filter(({ parent }) => parent === "r").map(({ name }) => name);
    assert.deepEqual(own.toSorted(), ["r-blue", "r-green", "r-namespace", "r-shop", "r-shop-active", "r-shop-preview"]);
    assert.ok(waitsFor(registered, "r-shop", "r-green-shop") && waitsFor(registered, "r-shop", "r-blue-shop"));
    assert.ok(waitsFor(registered, "r-shop-active", "r-shop"));
  });

  it("always names both colors, so that a flip names no Service that the controller has not loaded", async () => {
    assert.deepEqual(await rulesOf({}), [
      {
        matches: [path],
        backendRefs: [
          { ...blue, weight: 100 },
          { ...green, weight: 0 },
        ],
      },
    ]);
  });

  it("leads what carries a header or a cookie to one color, before it splits", async () => {
    const [always, never, withCookie, withoutCookie, split] = await rulesOf({
      canary: { header: "X-Next", cookie: "next.1" },
    });
    const header = (value: string) => ({ ...path, headers: [{ name: "X-Next", value }] });
    const cookie = (value: string) => ({
      ...path,
      headers: [
        {
          type: "RegularExpression",
          name: "Cookie",
          value: `^(?:.*;\\s*)?next\\.1=${value}(?:\\s*;.*)?$`,
        },
      ],
    });
    assert.deepEqual(always, { matches: [header("always")], backendRefs: [green] });
    assert.deepEqual(never, { matches: [header("never")], backendRefs: [blue] });
    assert.deepEqual(withCookie, { matches: [cookie("always")], backendRefs: [green] });
    assert.deepEqual(withoutCookie, { matches: [cookie("never")], backendRefs: [blue] });
    assert.ok(split);
    const [byValue] = await rulesOf({ canary: { header: "X-User", headerValue: "tester" } });
    assert.deepEqual(byValue, {
      matches: [{ ...path, headers: [{ name: "X-User", value: "tester" }] }],
      backendRefs: [green],
    });
    const [byPattern] = await rulesOf({ canary: { header: "X-User", headerPattern: "^t" } });
    assert.deepEqual(byPattern, {
      matches: [{ ...path, headers: [{ type: "RegularExpression", name: "X-User", value: ".*(?:^t).*" }] }],
      backendRefs: [green],
    });
  });

  it("mirrors a share of the requests to the idle color", async () => {
    const [split] = await rulesOf({ canary: { mirror: 10 } });
    assert.deepEqual((split as { filters: unknown }).filters, [
      { type: "RequestMirror", requestMirror: { backendRef: green, percent: 10 } },
    ]);
  });

  it("keeps a user on a color by a cookie, which is another one after a flip and at weight 0", async () => {
    const canary = { affinity: { cookie: "session", maxAge: "1h" } };
    const sessions = async (change: Record<string, unknown>): Promise<unknown> => {
      const [split] = await rulesOf({ canary, ...change });
      return (split as { sessionPersistence: unknown }).sessionPersistence;
    };
    assert.deepEqual(await sessions({ canaryWeight: 5 }), {
      sessionName: "session-blue-canary",
      type: "Cookie",
      absoluteTimeout: "3600s",
      cookieConfig: { lifetimeType: "Permanent" },
    });
    const nameAt0 = async (activeColor: string): Promise<string> =>
      ((await sessions({ activeColor })) as { sessionName: string }).sessionName;
    assert.equal(await nameAt0("blue"), "session-blue");
    assert.equal(await nameAt0("green"), "session-green");
  });

  it("gives the traffic that its route has", async () => {
    let served: Release["served"] = {};
    await registeredBy(() => {
      served = new Release("r", releaseArgs(settingsOf(config({ activeColor: "green", canaryWeight: 5 })))).served;
    });
    assert.deepEqual(await valueOf(pulumi.output(served)), {
      shop: { active: "shop-green", idle: "shop-blue", canaryWeight: 5 },
    });
  });
});

describe("the live half of the gateway-api router", () => {
  const routeOf = async (change: Record<string, unknown>): Promise<KubernetesObject> =>
    (await release(change)).get("r-shop")?.inputs as KubernetesObject;

  it("reads the weights of the route's last rule", async () => {
    const route = await routeOf({ canaryWeight: 20, canary: { header: "X-Next" } });
    const cluster = new FakeCluster({ kinds: { HTTPRoute: [route] } });
    const live = await readLive(Promise.resolve(cluster), ["shop", "cart"], gatewayApi);
    assert.ok(live.known);
    assert.deepEqual(
      live.services.map(({ route: each }) => each),
      [
        {
          active: "blue",
          canary: { color: "green", weight: 20 },
          recorded: { activeColor: "blue", canaryWeight: 20 },
        },
        undefined,
      ],
    );
  });

  it("reads a cluster without the Gateway API as one without a route", async () => {
    const live = await readLive(Promise.resolve(new FakeCluster()), ["shop"], gatewayApi);
    assert.ok(live.known);
    assert.equal(live.services[0]?.route, undefined);
  });

  it("moves by one write of the route that an update would declare, then the Service inside the cluster", async () => {
    const canary = { header: "X-Next", mirror: 5, affinity: { cookie: "session" } };
    const inside = { metadata: { name: "shop" }, spec: { selector: { "cyan.dev/color": "green" } } };
    for (const [activeColor, canaryWeight] of [
      ["green", 0],
      ["blue", 0],
      ["blue", 50],
    ] as const) {
      const kinds = { HTTPRoute: [await routeOf({ activeColor: "green", canaryWeight: 20, canary })] };
      const cluster = new FakeCluster({ kinds, services: [inside] });
      await gatewayApi.move(cluster, ["shop"], { activeColor, canaryWeight });
      const declared = (await routeOf({ activeColor, canaryWeight, canary })) as KubernetesObject & Route;
      assert.deepEqual(cluster.patches, [
        {
          kind: "HTTPRoute",
          name: "shop",
          change: { metadata: { annotations: record(activeColor, String(canaryWeight)) }, spec: declared.spec },
        },
        { kind: "Service", name: "shop", change: { spec: { selector: { "cyan.dev/color": activeColor } } } },
      ]);
    }
  });
});
