import assert from "node:assert/strict";
import { type KubernetesObject } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { liveShares } from "../../../components/model/live";
import { ingressNginx } from "../../../components/routers/ingress-nginx/live";
import { FakeCluster, slice } from "../../support/cluster";

const weight = "nginx.ingress.kubernetes.io/canary-weight";

function ingress(name: string, backend: string, annotations: Record<string, string> = {}): KubernetesObject {
  const path = { path: "/", pathType: "Prefix", backend: { service: { name: backend, port: { number: 80 } } } };
  return { metadata: { name, annotations }, ...{ spec: { rules: [{ host: "a.b", http: { paths: [path] } }] } } };
}

const objects = (service: string) => [
  ingress(service, `${service}-green`),
  ingress(`${service}-canary`, `${service}-blue`, { [weight]: "0", [`${weight}-total`]: "1000" }),
];
const inside = (service: string) => ({
  metadata: { name: service },
  spec: { selector: { "cyan.dev/color": "green" } },
});

describe("the live half of the ingress-nginx router", () => {
  it("moves all main Ingresses, then all canary Ingresses, then the Services inside the cluster", async () => {
    const kinds = { Ingress: [...objects("shop"), ...objects("cart")] };
    const cluster = new FakeCluster({ kinds, services: [inside("shop"), inside("cart")] });
    await ingressNginx.move(cluster, ["shop", "cart"], { activeColor: "blue", canaryWeight: 5 });
    const record = { "cyan.dev/active-color": "blue", "cyan.dev/canary-weight": "5" };
    const rules = (backend: string) => (ingress("", backend) as unknown as { spec: object }).spec;
    const main = (service: string) => ({
      kind: "Ingress",
      name: service,
      change: { metadata: { annotations: record }, spec: rules(`${service}-blue`) },
    });
    const canary = (service: string) => ({
      kind: "Ingress",
      name: `${service}-canary`,
      change: { metadata: { annotations: { ...record, [weight]: "50" } }, spec: rules(`${service}-green`) },
    });
    const selector = (service: string) => ({
      kind: "Service",
      name: service,
      change: { spec: { selector: { "cyan.dev/color": "blue" } } },
    });
    const both = ["shop", "cart"];
    assert.deepEqual(cluster.patches, [...both.map(main), ...both.map(canary), ...both.map(selector)]);
  });

  it("lets the canary's users go at weight 0, and begins their sessions anew at a flip", async () => {
    const prefix = "nginx.ingress.kubernetes.io";
    const kinds = {
      Ingress: [
        ingress("shop", "shop-green", { [`${prefix}/session-cookie-name`]: "my-green" }),
        ingress("shop-canary", "shop-blue", { [`${prefix}/affinity-canary-behavior`]: "sticky" }),
      ],
    };
    const cluster = new FakeCluster({ kinds, services: [inside("shop")] });
    await ingressNginx.move(cluster, ["shop"], { activeColor: "blue", canaryWeight: 0 });
    const written = cluster.patches.map(({ change }) => change.metadata?.annotations ?? {});
    assert.equal(written[0]?.[`${prefix}/session-cookie-name`], "my-blue");
    assert.equal(written[1]?.[`${prefix}/affinity-canary-behavior`], "legacy");
  });

  it("moves the Service alone of a service without a route, and what is left of a route", async () => {
    const cluster = new FakeCluster({ kinds: { Ingress: [objects("cart")[0] ?? {}] }, services: [inside("shop")] });
    await ingressNginx.move(cluster, ["shop", "cart"], { activeColor: "blue", canaryWeight: 0 });
    assert.deepEqual(
      cluster.patches.map(({ kind, name }) => `${kind} ${name}`),
      ["Ingress cart", "Service shop"],
    );
  });

  it("moves nothing when a service has nothing that gives its traffic", async () => {
    const cluster = new FakeCluster({ kinds: { Ingress: objects("cart") } });
    await assert.rejects(ingressNginx.move(cluster, ["shop", "cart"], { activeColor: "blue", canaryWeight: 0 }), {
      message: "no object gives the traffic of shop; run pulumi up",
    });
    assert.deepEqual(cluster.patches, []);
  });

  it("names the objects that traffic goes by", () => {
    assert.deepEqual(ingressNginx.trafficObjects("shop"), [
      { kind: "Ingress", name: "shop", gives: "main" },
      { kind: "Ingress", name: "shop-canary", gives: "canary" },
      { kind: "Service", name: "shop", gives: "inside" },
    ]);
  });

  it("reads a cluster that knows no Ingress as one without a route", async () => {
    const cluster = new FakeCluster({ services: [inside("shop")], endpointSlices: [slice("shop-green", 1)] });
    const live = await readLive(Promise.resolve(cluster), ["shop"], ingressNginx);
    assert.ok(live.known);
    assert.deepEqual(live.services.map(liveShares), [{ blue: 0, green: 100 }]);
  });
});
