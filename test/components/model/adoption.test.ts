import assert from "node:assert/strict";
import { readLive } from "../../../components/live/read";
import { type Transition, planTransition } from "../../../components/model/transition";
import { type Ingress } from "../../../components/routers/ingress-nginx/ingress";
import { ingressNginx } from "../../../components/routers/ingress-nginx/live";
import { FakeCluster, type FakeObjects, slice } from "../../support/cluster";
import { goodConfig, settingsOf } from "../fixtures";

/** What a team has before Cyan: a Deployment, a Service and an Ingress, as kubectl made them. */
const path = { path: "/", pathType: "Prefix", backend: { service: { name: "shop" } } };
const ingress = {
  metadata: { name: "shop", annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" } },
  spec: { ingressClassName: "nginx", rules: [{ host: "shop.example.com", http: { paths: [path] } }] },
};
const service = { metadata: { name: "shop" }, spec: { selector: { app: "shop" }, ports: [{ port: 80 }] } };
const deployment = {
  metadata: { name: "web" },
  spec: { replicas: 3, template: { metadata: { labels: { app: "shop", tier: "front" } } } },
};
const made: FakeObjects = {
  kinds: { Ingress: [ingress] },
  services: [service],
  deployments: [deployment],
  endpointSlices: [slice("shop", 3)],
  pods: [],
};

async function plan(objects: Partial<FakeObjects> = {}, config: Record<string, unknown> = {}): Promise<Transition> {
  const cluster = new FakeCluster({ ...made, ...objects });
  const live = await readLive(Promise.resolve(cluster), ["shop"], ingressNginx);
  return planTransition(live, settingsOf({ ...goodConfig, adopt: "true", ...config }));
}

const withSpec = (spec: NonNullable<Ingress["spec"]>): Partial<FakeObjects> => {
  const changed: Ingress = { ...ingress, spec: { ...ingress.spec, ...spec } };
  return { kinds: { Ingress: [changed] } };
};
const withPaths = (...paths: unknown[]): Partial<FakeObjects> =>
  withSpec({ rules: [{ host: "shop.example.com", http: { paths } }] } as NonNullable<Ingress["spec"]>);

describe("objects that Cyan did not make", () => {
  it("are not written over unless that is asked for", async () => {
    const { refusals, adopted } = await plan({}, { adopt: "false" });
    assert.deepEqual(refusals, [
      "services.shop: Ingress shop and Service shop: not made by Cyan, and would be written over; " +
        "adopt with: pulumi config set adopt true, or choose another name",
    ]);
    assert.deepEqual(adopted, []);
  });

  it("are adopted with what serves them named, and as many endpoints asked for as serve now", async () => {
    const transition = await plan();
    assert.deepEqual(transition.refusals, []);
    assert.deepEqual(transition.warnings, []);
    assert.deepEqual(transition.adopted, [
      "Ingress shop and Service shop, served by 3 ready endpoints of Service shop; " +
        "Deployment web stays as it is: delete it when this update is done and well",
    ]);
    assert.deepEqual(transition.needs, [
      { service: "shop", color: "blue", share: 100, ready: 0, growsTo: 2, needed: 3 },
    ]);
  });

  it("are adopted one by one: an Ingress that leads elsewhere, or a Service without an Ingress", async () => {
    const backend = { service: { name: "frontend" } };
    const elsewhere = await plan({ ...withPaths({ ...path, backend }), services: [], endpointSlices: [] });
    assert.deepEqual(elsewhere.adopted, ["Ingress shop, served by 0 ready endpoints of Service frontend"]);
    const inside = await plan({ kinds: {} });
    assert.match(inside.adopted[0] ?? "", /^Service shop, served by 3 ready endpoints of Service shop;/);
    assert.equal(inside.needs[0]?.needed, 3);
  });

  it("are nothing once they carry Cyan's label, also when only one of them does yet", async () => {
    const labels = { "app.kubernetes.io/managed-by": "cyan" };
    const mine = { ...ingress, metadata: { ...ingress.metadata, labels } };
    const half = await plan({ kinds: { Ingress: [mine] } });
    assert.deepEqual(half.adopted, ["Service shop"]);
    const whole = await plan({
      kinds: { Ingress: [mine] },
      services: [{ ...service, metadata: { ...service.metadata, labels } }],
    });
    assert.deepEqual([whole.adopted, whole.refusals], [[], []]);
  });

  const annotated = {
    ...ingress,
    metadata: { name: "shop", annotations: { "nginx.ingress.kubernetes.io/proxy-body-size": "8m" } },
  };
  it("with annotations that are not declared are left alone: the next update would take them away", async () => {
    assert.deepEqual((await plan({ kinds: { Ingress: [annotated] } })).refusals, [
      "services.shop.ingress.annotations: Ingress shop has nginx.ingress.kubernetes.io/proxy-body-size, " +
        "which the next update would take away; declare what it has",
    ]);
    const { annotations } = annotated.metadata;
    const declared = await plan(
      { kinds: { Ingress: [annotated] } },
      { ingress: { host: "shop.example.com", annotations } },
    );
    assert.deepEqual(declared.refusals, []);
  });

  it("with a type, an annotation or a field of the Service that is not declared are left alone too", async () => {
    const reached = {
      metadata: { name: "shop", annotations: { "example.com/pool": "edge" } },
      spec: {
        ...service.spec,
        type: "LoadBalancer",
        loadBalancerSourceRanges: ["10.0.0.0/8"],
        sessionAffinity: "None",
      },
    };
    assert.deepEqual((await plan({ services: [reached] })).refusals, [
      "services.shop.expose.type: is ClusterIP, and Service shop is LoadBalancer; set it to that",
      "services.shop.expose.annotations: Service shop has example.com/pool, which the next update would take away; " +
        "declare what it has, or do without it",
      "services.shop: Service shop has loadBalancerSourceRanges, which the next update would take away; do without it first",
    ]);
    const { loadBalancerSourceRanges, ...plain } = reached.spec;
    assert.ok(loadBalancerSourceRanges.length > 0);
    const expose = { type: "LoadBalancer", annotations: reached.metadata.annotations };
    assert.deepEqual((await plan({ services: [{ ...reached, spec: plain }] }, { expose })).refusals, []);
  });

  it("that match a path exactly are told to match by prefix from now on", async () => {
    const { warnings } = await plan(withPaths({ ...path, pathType: "Exact" }));
    assert.deepEqual(warnings, ["Ingress shop matches its path exactly, and from now on all below it too"]);
  });

  const tls = [{ hosts: ["shop.example.com"], secretName: "shop-tls" }];
  const own = { "app.kubernetes.io/name": "shop" };
  const refused: [what: string, objects: Partial<FakeObjects>, config: Record<string, unknown>, refusal: string][] = [
    [
      "a second place",
      withPaths(path, { ...path, path: "/api" }),
      {},
      "services.shop.ingress: Ingress shop takes shop.example.com/api too, which would be dropped; " +
        "give that an Ingress of its own first",
    ],
    [
      "another place",
      withPaths({ ...path, path: "/shop" }),
      {},
      "services.shop.ingress: is at shop.example.com/, and Ingress shop at shop.example.com/shop; declare the same",
    ],
    [
      "no place",
      withSpec({ rules: [] }),
      {},
      "services.shop.ingress: is at shop.example.com/, and Ingress shop at no place; declare the same",
    ],
    [
      "a path that is a pattern",
      withPaths({ ...path, path: "/a(/|$)(.*)", pathType: "ImplementationSpecific" }),
      { ingress: { host: "shop.example.com", path: "/a(/|$)(.*)" } },
      "services.shop.ingress.path: Ingress shop matches by a pattern, and Cyan by prefix; give it a plain path first",
    ],
    [
      "another class",
      withSpec({ ingressClassName: "public" }),
      {},
      "services.shop.ingress.className: is nginx, and Ingress shop has public; set it to that",
    ],
    [
      "another class by annotation",
      {
        kinds: {
          Ingress: [
            {
              metadata: { name: "shop", annotations: { "kubernetes.io/ingress.class": "public" } },
              ...{ spec: { rules: ingress.spec.rules } },
            },
          ],
        },
      },
      {},
      "services.shop.ingress.className: is nginx, and Ingress shop has public; set it to that",
    ],
    [
      "TLS that is not declared",
      withSpec({ tls }),
      {},
      "services.shop.ingress.tls: is not set, and Ingress shop has shop-tls for shop.example.com; set it to that",
    ],
    [
      "no TLS where it is declared",
      {},
      { ingress: { host: "shop.example.com", tls: "shop-tls" } },
      "services.shop.ingress.tls: is shop-tls, and Ingress shop has no TLS for shop.example.com; leave it out for now",
    ],
    [
      "a canary of its own",
      { kinds: { Ingress: [ingress, { ...ingress, metadata: { name: "shop-canary" } }] } },
      {},
      "services.shop.ingress: Ingress shop-canary is another canary of Ingress shop; end that and delete it first",
    ],
    [
      "an Ingress where none is declared",
      {},
      { ingress: {}, previewHost: "" },
      "services.shop.ingress: there is none, and Ingress shop is live; declare its host, or delete it",
    ],
    [
      "another port",
      { services: [{ ...service, spec: { ...service.spec, ports: [{ port: 8080 }] } }] },
      {},
      "services.shop.port: is 80, and Service shop has 8080; set it to that",
    ],
    [
      "a second port",
      { services: [{ ...service, spec: { ...service.spec, ports: [{ port: 80 }, { port: 9090 }] } }] },
      {},
      "services.shop.port: Service shop has 9090 too; give that port a Service of its own first",
    ],
    [
      "a selector that matches both colors",
      { services: [{ ...service, spec: { ...service.spec, selector: own } }] },
      {},
      "services.shop: Service shop selects app.kubernetes.io/name shop, which both colors' pods have: they would get " +
        "requests before any gate; narrow its selector first, as docs/adoption.md has it",
    ],
    [
      "the name of a color's object",
      { deployments: [{ ...deployment, metadata: { name: "shop-blue" } }] },
      {},
      "services.shop: Deployment shop-blue: not made by Cyan, which needs the name; choose another name for the service, " +
        "or rename that",
    ],
  ];
  for (const [what, objects, config, refusal] of refused) {
    it(`are refused, though asked for, when they have ${what}`, async () => {
      assert.deepEqual((await plan(objects, config)).refusals, [refusal]);
    });
  }

  it("with TLS are adopted when the config has the same secret", async () => {
    const { refusals } = await plan(withSpec({ tls }), { ingress: { host: "shop.example.com", tls: "shop-tls" } });
    assert.deepEqual(refusals, []);
  });

  it("made by Helm are adopted: its selector has an instance, which no color has", async () => {
    const selector = { ...own, "app.kubernetes.io/instance": "shop" };
    const labels = { ...selector, "app.kubernetes.io/managed-by": "Helm" };
    const { refusals, adopted } = await plan({
      kinds: { Ingress: [{ ...ingress, metadata: { ...ingress.metadata, labels } }] },
      services: [{ metadata: { name: "shop", labels }, spec: { ...service.spec, selector } }],
      deployments: [{ metadata: { name: "shop", labels }, spec: { template: { metadata: { labels: selector } } } }],
    });
    assert.deepEqual(refusals, []);
    assert.match(adopted[0] ?? "", /Deployment shop stays as it is/);
  });
});

describe("a namespace", () => {
  const cyans = { metadata: { labels: { "app.kubernetes.io/managed-by": "cyan" } } };
  const cases: [
    what: string,
    namespace: FakeObjects["namespace"],
    createNamespace: boolean,
    said: RegExp | undefined,
  ][] = [
    ["that is not there is made", undefined, true, undefined],
    ["that Cyan made stays Cyan's", cyans, true, undefined],
    ["that someone else made is left alone when the config says so", { metadata: {} }, false, undefined],
    [
      "that someone else made is not taken in",
      { metadata: {} },
      true,
      /^namespace: shop is there, and not made by Cyan, which would delete it with the stack; set createNamespace to false$/,
    ],
    [
      "that Cyan made is not let go of by a change of the config, which would delete it",
      cyans,
      false,
      /^createNamespace: is false, and a Cyan stack made shop: this would delete it with all that is in it; let go /,
    ],
  ];
  for (const [what, namespace, createNamespace, said] of cases) {
    it(what, async () => {
      const { refusals } = await plan(namespace && { namespace }, { createNamespace });
      if (said === undefined) assert.deepEqual(refusals, []);
      else assert.match(refusals.join("\n"), said);
    });
  }

  it("named default is nobody's", async () => {
    const { refusals } = await plan({ namespace: { metadata: {} } }, { namespace: "default" });
    assert.deepEqual(refusals, []);
  });
});
