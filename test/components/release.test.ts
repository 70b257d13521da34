import assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type RouterKind, type Settings } from "../../components/model/settings";
import { Release, releaseArgs } from "../../components/release";
import { type Registered, registeredBy, valueOf, waitsFor } from "../support/mocks";
import { goodConfig, settingsOf, shopLabels, trafficObject } from "./fixtures";

const release = (config: Record<string, unknown> = {}): Promise<ReadonlyMap<string, Registered>> =>
  registeredBy(() => new Release("r", releaseArgs(settingsOf({ ...goodConfig, ...config }))));

function get(registered: ReadonlyMap<string, Registered>, name: string): Registered {
  return registered.get(name) ?? assert.fail(`no ${name}; there are ${[...registered.keys()].join(", ")}`);
}

/** Whether a child of a release leads live requests: neither an environment, nor the namespace, nor what shows the idle color. */
const leads = (type: string, name: string): boolean => !/Environment|Namespace/.test(type) && !name.includes("preview");

const record = (activeColor: string, canaryWeight: string) => ({
  "cyan.dev/active-color": activeColor,
  "cyan.dev/canary-weight": canaryWeight,
});

describe("a release", () => {
  it("is made of these children", async () => {
    const registered = await release();
    const children = [...registered.values()].map(({ type, name, parent }) => `${parent} > ${name} ${type}`);
    assert.deepEqual(children.toSorted(), [
      " > cyan-test pulumi:pulumi:Stack",
      "cyan-test > r cyan:index:Release",
      "r > r-blue cyan:index:Environment",
      "r > r-green cyan:index:Environment",
      "r > r-namespace kubernetes:core/v1:Namespace",
      "r > r-shop kubernetes:networking.k8s.io/v1:Ingress",
      "r > r-shop-active kubernetes:core/v1:Service",
      "r > r-shop-canary kubernetes:networking.k8s.io/v1:Ingress",
      "r > r-shop-preview kubernetes:core/v1:Service",
      "r > r-shop-preview-ingress kubernetes:networking.k8s.io/v1:Ingress",
      "r-blue > r-blue-shop kubernetes:apps/v1:Deployment",
      "r-blue > r-blue-shop-account kubernetes:core/v1:ServiceAccount",
      "r-blue > r-blue-shop-budget kubernetes:policy/v1:PodDisruptionBudget",
      "r-blue > r-blue-shop-service kubernetes:core/v1:Service",
      "r-green > r-green-shop kubernetes:apps/v1:Deployment",
      "r-green > r-green-shop-account kubernetes:core/v1:ServiceAccount",
      "r-green > r-green-shop-budget kubernetes:policy/v1:PodDisruptionBudget",
      "r-green > r-green-shop-service kubernetes:core/v1:Service",
    ]);
  });

  it("leads the main Ingress to the active color, and the canary Ingress to the idle one with the declared weight", async () => {
    const registered = await release({ activeColor: "green", canaryWeight: 20 });
    const rule = (service: string) => ({
      host: "shop.example.com",
      http: {
        paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: service, port: { number: 80 } } } }],
      },
    });
    assert.deepEqual(get(registered, "r-shop").inputs, {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: {
        name: "shop",
        namespace: "shop",
        labels: shopLabels,
        annotations: { ...trafficObject, ...record("green", "20") },
      },
      spec: { ingressClassName: "nginx", rules: [rule("shop-green")] },
    });
    assert.deepEqual(get(registered, "r-shop-canary").inputs, {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: {
        name: "shop-canary",
        namespace: "shop",
        labels: shopLabels,
        annotations: {
          "nginx.ingress.kubernetes.io/canary": "true",
          "nginx.ingress.kubernetes.io/canary-weight": "20",
          "nginx.ingress.kubernetes.io/canary-weight-total": "100",
          ...trafficObject,
          ...record("green", "20"),
        },
      },
      spec: { ingressClassName: "nginx", rules: [rule("shop-blue")] },
    });
  });

  it("selects the active color by the in-cluster Service and the idle one by the preview Service", async () => {
    const registered = await release({ activeColor: "green" });
    const selector = (name: string): unknown =>
      (get(registered, name).inputs as { spec: { selector: unknown } }).spec.selector;
    const of = (color: string) => ({ "app.kubernetes.io/name": "shop", "cyan.dev/color": color });
    assert.deepEqual(selector("r-shop-active"), of("green"));
    assert.deepEqual(selector("r-shop-preview"), of("blue"));
    assert.deepEqual(selector("r-blue-shop-service"), of("blue"));
    assert.deepEqual(selector("r-green-shop-service"), of("green"));
  });

  it("keeps the user's annotations beside its own, which win", async () => {
    const ingress = { host: "a.b", annotations: { "nginx.ingress.kubernetes.io/proxy-body-size": "8m" } };
    const registered = await release({
      ingress,
      canary: { header: "X-Next", cookie: "next", weightTotal: 1000 },
      canaryWeight: 5,
    });
    const annotations = (name: string): Record<string, string> =>
      (get(registered, name).inputs as { metadata: { annotations: Record<string, string> } }).metadata.annotations;
    assert.equal(annotations("r-shop")["nginx.ingress.kubernetes.io/proxy-body-size"], "8m");
    const canary = annotations("r-shop-canary");
    assert.equal(canary["nginx.ingress.kubernetes.io/proxy-body-size"], "8m");
    assert.equal(canary["nginx.ingress.kubernetes.io/canary-weight"], "50");
    assert.equal(canary["nginx.ingress.kubernetes.io/canary-weight-total"], "1000");
    assert.equal(canary["nginx.ingress.kubernetes.io/canary-by-header"], "X-Next");
    assert.equal(canary["nginx.ingress.kubernetes.io/canary-by-cookie"], "next");
  });

  it("keeps sessions by the main Ingress alone, and says on the canary whether it keeps the users that it has", async () => {
    const config = { canary: { affinity: { cookie: "shop", maxAge: "1h" } }, canaryWeight: 5 };
    const registered = await release(config);
    const sessions = (name: string): unknown => {
      const { annotations } = (get(registered, name).inputs as { metadata: { annotations: Record<string, string> } })
        .metadata;
      return Object.fromEntries(Object.entries(annotations).filter(([key]) => /affinity|session/.test(key)));
    };
    const prefix = "nginx.ingress.kubernetes.io";
    assert.deepEqual(sessions("r-shop"), {
      [`${prefix}/affinity`]: "cookie",
      [`${prefix}/session-cookie-name`]: "shop-blue",
      [`${prefix}/session-cookie-max-age`]: "3600",
    });
    assert.deepEqual(sessions("r-shop-canary"), { [`${prefix}/affinity-canary-behavior`]: "sticky" });
    assert.deepEqual(sessions("r-shop-preview-ingress"), {});
  });

  it("tells policies and the state nothing of secrets", async () => {
    const registered = await release({ secrets: { shop: { env: { TOKEN: "hunter2" } } } });
    for (const name of ["r", "r-blue", "r-green"]) {
      assert.doesNotMatch(JSON.stringify(get(registered, name).inputs), /hunter2|"secrets"/, name);
    }
    assert.ok(registered.has("r-blue-shop-secret") && registered.has("r-green-shop-secret"));
  });

  it("terminates TLS with the named secret", async () => {
    const registered = await release({ ingress: { host: "a.b", tls: "cert" } });
    const { spec } = get(registered, "r-shop").inputs as { spec: { tls: unknown } };
    assert.deepEqual(spec.tls, [{ hosts: ["a.b"], secretName: "cert" }]);
  });

  it("tells policies the declared traffic and both images as literals", async () => {
    const { inputs } = get(await release({ canaryWeight: 5 }), "r") as { inputs: Settings };
    assert.deepEqual(inputs.traffic, { activeColor: "blue", canaryWeight: 5 });
    assert.equal(inputs.services[0]?.workloads.green.image, "registry/shop:2");
  });

  it("keeps the record of the last transition while nothing moves", async () => {
    const environments = {
      blue: { ready: 2, replicas: 2, image: "registry/shop:1" },
      green: { ready: 2, replicas: 2 },
    };
    const live = { known: true, services: [{ name: "shop", route: { active: "blue" }, environments }] } as const;
    const ignored = async (config: Record<string, unknown>): Promise<unknown> => {
      const args = releaseArgs(settingsOf({ ...goodConfig, ...config }), live);
      return get(await registeredBy(() => new Release("r", args)), "r").ignoreChanges;
    };
    assert.deepEqual(await ignored({}), ["transition"]);
    assert.deepEqual(await ignored({ activeColor: "green" }), []);
  });

  it("notes on the color that a flip leaves the image that it served with", async () => {
    const environments = {
      blue: { ready: 2, replicas: 2, image: "registry/shop:1" },
      green: { ready: 2, replicas: 2 },
    };
    const live = { known: true, services: [{ name: "shop", route: { active: "blue" }, environments }] } as const;
    const args = releaseArgs(settingsOf({ ...goodConfig, activeColor: "green" }), live);
    const registered = await registeredBy(() => new Release("r", args));
    const noted = (name: string): unknown =>
      (get(registered, name).inputs as { metadata: { annotations: unknown } }).metadata.annotations;
    const skipAwait = { "pulumi.com/skipAwait": "true" };
    assert.deepEqual(noted("r-blue-shop-service"), { ...skipAwait, "cyan.dev/served-image": "registry/shop:1" });
    assert.deepEqual(noted("r-green-shop-service"), skipAwait);
  });

  it("gives the traffic that its objects have", async () => {
    let served: Release["served"] = {};
    await registeredBy(() => {
      served = new Release("r", releaseArgs(settingsOf({ ...goodConfig, activeColor: "green", canaryWeight: 20 })))
        .served;
    });
    assert.deepEqual(await valueOf(pulumi.output(served)), {
      shop: { active: "shop-green", idle: "shop-blue", canaryWeight: 20 },
    });
  });

  it("declares no namespace that is not the stack's", async () => {
    for (const config of [{ createNamespace: "false" }, { namespace: "default" }]) {
      assert.equal((await release(config)).has("r-namespace"), false);
    }
  });

  it("has only Services for a service without a route", async () => {
    const services = { shop: { ...goodConfig.services.shop, ingress: false } };
    const registered = await release({ services });
    const kinds = [...registered.values()].filter(({ parent }) => parent === "r").map(({ name }) => name);
    assert.deepEqual(kinds.toSorted(), ["r-blue", "r-green", "r-namespace", "r-shop-active"]);
  });
});

describe("the order of an update", () => {
  const cart = {
    ...goodConfig.services.shop,
    previewHost: "p.cart.example.com",
    ingress: { host: "cart.example.com" },
  };
  const two = { services: { shop: goodConfig.services.shop, cart } };
  const routes = ["r-shop", "r-cart", "r-shop-canary", "r-cart-canary", "r-shop-active", "r-cart-active"];

  const cases: [what: string, config: Record<string, unknown>, before: string[], after: string[]][] = [
    ["at weight 0, the active color first and the idle one last", {}, ["blue"], ["green"]],
    ["after a flip, likewise", { activeColor: "green" }, ["green"], ["blue"]],
    ["with a weight, both colors first", { canaryWeight: 20 }, ["blue", "green"], []],
    [
      "after a flip that keeps a weight, both colors first",
      { activeColor: "green", canaryWeight: 1 },
      ["blue", "green"],
      [],
    ],
    [
      "at weight 100, both colors first: the main route still names the active one",
      { canaryWeight: 100 },
      ["blue", "green"],
      [],
    ],
  ];
  for (const [what, config, before, after] of cases) {
    it(`is ${what}, for all services together`, async () => {
      const registered = await release({ ...two, ...config });
      for (const service of ["shop", "cart"]) {
        for (const route of routes) {
          for (const color of before) {
            assert.ok(waitsFor(registered, route, `r-${color}-${service}`), `${route} before ${color} ${service}`);
          }
          for (const color of after) {
            assert.ok(waitsFor(registered, `r-${color}-${service}`, route), `${color} ${service} before ${route}`);
          }
          for (const color of ["blue", "green"]) {
            assert.ok(waitsFor(registered, route, `r-${color}-${service}-service`), `${route} before its Services`);
          }
        }
      }
    });
  }

  it("moves all main Ingresses, then all canary Ingresses, then the Services inside the cluster", async () => {
    const registered = await release(two);
    for (const one of ["shop", "cart"]) {
      for (const other of ["shop", "cart"]) {
        assert.ok(waitsFor(registered, `r-${one}-canary`, `r-${other}`));
        assert.ok(waitsFor(registered, `r-${one}-active`, `r-${other}-canary`));
        assert.ok(waitsFor(registered, `r-${one}-preview`, `r-${other}-canary`));
      }
    }
  });

  const gateway = { ingress: { host: "shop.example.com", gateway: "default/edge" } };
  const unrouted = { ingress: undefined, previewHost: undefined };
  const led: [router: RouterKind, config: Record<string, unknown>][] = [
    ["ingress-nginx", {}],
    ["gateway-api", gateway],
    ["traefik", { canary: { mirror: 10 } }],
    ["f5-nginx", {}],
    ["aws-alb", {}],
    ["istio", gateway],
    ["linkerd", unrouted],
    ["service", unrouted],
  ];
  for (const [router, config] of led) {
    it(`has all that loses pods come after all that leads requests: ${router}`, async () => {
      const services = { shop: { ...goodConfig.services.shop, files: { "/etc/shop.conf": "a" } } };
      const secrets = { shop: { env: { KEY: "b" } } };
      const network = { networkPolicy: { from: ["ingress"] } };
      const registered = await release({ ...config, ...network, router, services, secrets });
      const leading = [...registered.values()].filter(({ type, name, parent }) => parent === "r" && leads(type, name));
      const shrinking = [...registered.keys()].filter((name) => /^r-green-shop(?!-service)/.test(name));
      const parts = shrinking.map((name) => name.replace(/-[0-9a-f]{8,}$/, "").slice("r-green-shop".length));
      assert.deepEqual(parts.toSorted(), ["", "-account", "-budget", "-config", "-network", "-secret"]);
      for (const { name } of leading) {
        for (const one of shrinking) assert.ok(waitsFor(registered, one, name), `${one} before ${name}`);
      }
    });
  }

  it("has each object name only what it comes right after", async () => {
    const registered = await release(two);
    const named = (name: string) => get(registered, name).dependencies.toSorted();
    assert.deepEqual(named("r-shop-canary"), ["r-cart", "r-shop"]);
    assert.deepEqual(named("r-shop-active"), ["r-cart-canary", "r-shop-canary"]);
    assert.deepEqual(named("r-green-shop-account"), ["r-cart-active", "r-namespace", "r-shop-active"]);
    assert.deepEqual(named("r-green-shop"), ["r-green-shop-account"]);
    assert.deepEqual(named("r-green-shop-budget"), ["r-green-shop-account"]);
  });

  it("has everything wait for the namespace, and routes for what is installed first", async () => {
    const registered = await registeredBy(() => {
      const controller = new kubernetes.core.v1.ConfigMap("controller");
      return new Release("r", releaseArgs(settingsOf(goodConfig)), { first: [controller] });
    });
    const objects = [...registered.values()].filter(
      ({ type }) => type.startsWith("kubernetes:") && !/Namespace|ConfigMap/.test(type),
    );
    for (const { name } of objects) assert.ok(waitsFor(registered, name, "r-namespace"), name);
    for (const route of ["r-shop", "r-shop-canary", "r-shop-active"])
      assert.ok(waitsFor(registered, route, "controller"));
  });
});
