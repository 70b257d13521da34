import assert from "node:assert/strict";
import fc from "fast-check";
import { formatProblem } from "../../../components/config/problems";
import { parseSettings } from "../../../components/config/settings";
import { goodConfig, settingsOf } from "../fixtures";

type Config = Record<string, unknown>;

const shop = goodConfig.services.shop;
const withShop = (change: Config): Config => ({ ...goodConfig, services: { shop: { ...shop, ...change } } });
const withGreen = (change: Config): Config => withShop({ green: { ...shop.green, ...change } });

function problemsIn(config: Config, secret: readonly string[] = []): string[] {
  const parsed = parseSettings(config, { secret });
  return "problems" in parsed ? parsed.problems.map(formatProblem) : [];
}

function warningsIn(config: Config, secret: readonly string[] = []): readonly string[] {
  const parsed = parseSettings(config, { secret });
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.warnings.map(formatProblem);
}

const weight = (value: unknown) => `canaryWeight: is ${JSON.stringify(value)}; write an integer from 0 to 100`;

/** What is wrong, the config that has it, and all that is said of it. */
const bad: [what: string, config: Config, said: string[]][] = [
  ["a weight over 100", { ...goodConfig, canaryWeight: "101" }, [weight("101")]],
  ["a weight under 0", { ...goodConfig, canaryWeight: "-1" }, [weight("-1")]],
  ["a weight that is no integer", { ...goodConfig, canaryWeight: "2.5" }, [weight("2.5")]],
  ["a weight in words", { ...goodConfig, canaryWeight: "ten" }, [weight("ten")]],
  ["an empty weight", { ...goodConfig, canaryWeight: "" }, [weight("")]],
  ["a color", { ...goodConfig, activeColor: "red" }, ['activeColor: is "red"; choose one of blue, green']],
  ["a router", { ...goodConfig, router: "haproxy" }, ['router: is "haproxy"; choose one of ingress-nginx']],
  [
    "an installation",
    { ...goodConfig, install: "istio" },
    ['install: is "istio"; choose one of none, ingress-nginx, traefik'],
  ],
  [
    "a key near a known one",
    { ...goodConfig, canaryWieght: "5" },
    ["canaryWieght: unknown key; did you mean canaryWeight?"],
  ],
  ["a key of a service", withShop({ replcas: 3 }), ["services.shop.replcas: unknown key; did you mean replicas?"]],
  ["a key of a color", withGreen({ imag: "a:1" }), ["services.shop.green.imag: unknown key; did you mean image?"]],
  [
    "a key near none",
    { ...goodConfig, canary: { percentage: 5 } },
    ["canary.percentage: unknown key; there are header, headerValue, headerPattern, cookie, weightTotal"],
  ],
  [
    "a color that is missing",
    withShop({ green: undefined }),
    ["services.shop.green: is missing; write a map with its image"],
  ],
  ["no service", { ...goodConfig, services: {} }, ["services: has no service"]],
  [
    "an image without tag or digest",
    withGreen({ image: "registry:5000/shop" }),
    ["services.shop.green.image: has no tag or digest; write name:tag or name@sha256:…"],
  ],
  [
    "an image with half a digest",
    withGreen({ image: "registry/shop@sha256:abc" }),
    ["services.shop.green.image: has a digest that is not sha256: and 64 hex digits"],
  ],
  [
    "an image in capitals",
    withGreen({ image: "registry/Shop:2" }),
    ["services.shop.green.image: is no name of an image; write one such as registry.example.com/shop:1.2"],
  ],
  [
    "a digest of no image",
    withGreen({ image: `@sha256:${"0".repeat(64)}` }),
    ["services.shop.green.image: is no name of an image; write one such as registry.example.com/shop:1.2"],
  ],
  [
    "an image whose tag has a space",
    withGreen({ image: "registry/shop:a b" }),
    ["services.shop.green.image: has a tag that is not letters, digits and _.-"],
  ],
  ["an image that is missing", withGreen({ image: undefined }), ["services.shop.green.image: is missing"]],
  [
    "a name with capitals",
    { ...goodConfig, services: { Shop: shop } },
    ["services.Shop: Kubernetes wants names of lower-case letters, digits and -, beginning with a letter"],
  ],
  [
    "a name that is too long once -preview follows",
    { ...goodConfig, services: { [`s${"x".repeat(55)}`]: shop } },
    [`services.s${"x".repeat(55)}: is too long: with -preview after it Kubernetes takes at most 55 characters`],
  ],
  [
    "a name that another service's objects have",
    { ...goodConfig, services: { shop, "shop-blue": { ...shop, ingress: false } } },
    ["services.shop-blue: is the name of an object of the service shop; choose another name"],
  ],
  [
    "two services on one host and path",
    { ...goodConfig, services: { shop, cart: { ...shop, previewHost: "preview.cart.example.com" } } },
    [
      "services.cart.ingress.host: shop.example.com/ is taken by services.shop.ingress.host already; give each service a host or path of its own",
    ],
  ],
  [
    "a preview on the live host",
    { ...goodConfig, previewHost: "shop.example.com" },
    [
      "services.shop.previewHost: shop.example.com/ is taken by services.shop.ingress.host already; give each service a host or path of its own",
    ],
  ],
  [
    "a wildcard host",
    { ...goodConfig, ingress: { host: "*.example.com" } },
    ['ingress.host: "*.example.com" is no host name; write one such as shop.example.com, without a wildcard or port'],
  ],
  [
    "a pattern with lookahead",
    { ...goodConfig, canary: { header: "X-User", headerPattern: "^(?!bot)" } },
    [
      "canary.headerPattern: is no RE2 pattern (error parsing regexp: invalid or unsupported Perl syntax: `(?!`); RE2 has no lookaround and no backreference",
    ],
  ],
  [
    "a header that nginx drops",
    { ...goodConfig, canary: { header: "x_user" } },
    ["canary.header: has characters that nginx drops; use letters, digits and -"],
  ],
  [
    "a header value that ingress-nginx drops",
    { ...goodConfig, canary: { header: "X-User", headerValue: "a b" } },
    ["canary.headerValue: ingress-nginx drops it without a word unless it is letters, digits and -._~/:"],
  ],
  [
    "a header value without a header",
    { ...goodConfig, canary: { headerValue: "a" } },
    ["canary.headerValue: needs canary.header, the name of the header"],
  ],
  [
    "a weight total under 100",
    { ...goodConfig, canary: { weightTotal: 50 } },
    ["canary.weightTotal: is 50; write an integer from 100 to 1000000"],
  ],
  [
    "a duration",
    { ...goodConfig, readyTimeout: "soon" },
    ['readyTimeout: is "soon"; write a duration such as 30s, 5m or 1h'],
  ],
  [
    "a drain that outlasts the pod, in both colors",
    withShop({ preStop: "60s" }),
    ["blue", "green"].map(
      (color) =>
        `services.shop.${color}.preStop: is 60s, and the pod is killed after terminationGrace, 60s; ` +
        "make the grace longer than the drain and a request together",
    ),
  ],
  [
    "a timeout of nothing",
    { ...goodConfig, readyTimeout: "0" },
    ["readyTimeout: is no time at all; write a duration such as 1s or 5m"],
  ],
  [
    "a probe that never waits",
    withShop({ probes: { readiness: { period: "0s" } } }),
    ["services.shop.probes.readiness.period: is no time at all; write a duration such as 1s or 5m"],
  ],
  [
    "a variable that Kubernetes refuses",
    withShop({ env: { "1ST VALUE": "a" } }),
    ["services.shop.env.1ST VALUE: is no name of a variable; use letters, digits and -._, beginning with no digit"],
  ],
  [
    "a request over the default limit",
    withGreen({ resources: { requests: { memory: "512Mi" } } }),
    ["services.shop.green.resources.requests.memory: is 512Mi, over the limit of 256Mi; raise resources.limits.memory"],
  ],
  [
    "a request over its limit in other units",
    withGreen({ resources: { requests: { cpu: "1.5" }, limits: { cpu: "1200m" } } }),
    ["services.shop.green.resources.requests.cpu: is 1.5, over the limit of 1200m; raise resources.limits.cpu"],
  ],
  [
    "pods that its namespace refuses",
    withGreen({ securityContext: { runAsNonRoot: false } }),
    [
      "services.shop.green.securityContext.runAsNonRoot: is false, which the restricted pod security of the namespace " +
        "refuses; set runAsUser, or use namespace default",
    ],
  ],
  [
    "one path written in two ways",
    {
      ...goodConfig,
      services: {
        shop: { ...shop, ingress: { path: "/api" }, previewHost: "" },
        cart: { ...shop, ingress: { path: "/api/" }, previewHost: "" },
      },
    },
    [
      "services.cart.ingress.host: shop.example.com/api is taken by services.shop.ingress.host already; " +
        "give each service a host or path of its own",
    ],
  ],
  [
    "a quantity",
    withGreen({ resources: { limits: { memory: "lots" } } }),
    ["services.shop.green.resources.limits.memory: write a quantity such as 250m or 128Mi"],
  ],
  [
    "an annotation that is Cyan's",
    { ...goodConfig, ingress: { host: "a.b", annotations: { "nginx.ingress.kubernetes.io/canary-weight": "5" } } },
    [
      "ingress.annotations.nginx.ingress.kubernetes.io/canary-weight: is written by Cyan; " +
        "use activeColor, canaryWeight and canary instead",
    ],
  ],
  [
    "an autoscaler whose least is over its most",
    withShop({ autoscaling: { minReplicas: 5, maxReplicas: 2 } }),
    ["services.shop.autoscaling: minReplicas is over maxReplicas"],
  ],
  [
    "a gate that no color could pass",
    { ...withGreen({ replicas: 1 }), gate: { minReady: 2 } },
    [
      "gate.minReady: is 2, and services.shop.green has 1 replicas: no traffic could move to it; " +
        "ask for fewer, or give it more",
    ],
  ],
  [
    "a flag in words",
    { ...goodConfig, allowActiveChange: "yes" },
    ['allowActiveChange: is "yes"; write true or false'],
  ],
  ["a standby in words", { ...goodConfig, standby: "half" }, ["standby: write all, or a number of replicas"]],
];

describe("a config that is wrong", () => {
  for (const [what, config, said] of bad) {
    it(`is told of ${what}`, () => {
      assert.deepEqual(problemsIn(config), said);
    });
  }

  it("is told of everything at once", () => {
    const said = problemsIn({
      ...withGreen({ image: "shop" }),
      activeColor: "red",
      canaryWeight: "101",
      colour: "blue",
    });
    assert.deepEqual(said.map((line) => line.split(":")[0]).toSorted(), [
      "activeColor",
      "canaryWeight",
      "colour",
      "services.shop.green.image",
    ]);
  });
});

describe("a config that is wrong in several ways", () => {
  const shopOnly = goodConfig.services;
  const known = Object.keys(goodConfig).length;
  const sameHost = { services: { shop, cart: { ...shop, previewHost: "preview.cart.example.com" } } };
  const twice =
    "services.cart.ingress.host: shop.example.com/ is taken by services.shop.ingress.host already; " +
    "give each service a host or path of its own";

  it("is told of what is wrong between values beside what is wrong with others", () => {
    assert.deepEqual(
      problemsIn({ ...goodConfig, ...sameHost, canaryWeight: "ten", canary: { headerValue: "a", weightTotal: 5 } }),
      [
        weight("ten"),
        "canary.weightTotal: is 5; write an integer from 100 to 1000000",
        "canary.headerValue: needs canary.header, the name of the header",
        twice,
      ],
    );
  });

  it("is told of a service's name and drain although its images and ports are missing", () => {
    const cart = { preStop: "90s", blue: {}, green: { image: "cart:1" } };
    assert.deepEqual(problemsIn({ ...goodConfig, services: { shop, Cart: { ...cart, ingress: false } } }), [
      "services.Cart.port: is missing; write an integer from 1 to 65535",
      "services.Cart.blue.image: is missing",
      "services.Cart: Kubernetes wants names of lower-case letters, digits and -, beginning with a letter",
      ...["blue", "green"].map(
        (color) =>
          `services.Cart.${color}.preStop: is 90s, and the pod is killed after terminationGrace, 60s; ` +
          "make the grace longer than the drain and a request together",
      ),
    ]);
  });

  it("is told nothing of a value that only stands in for a wrong one", () => {
    const drain = withShop({ preStop: "soon", terminationGrace: "10s" });
    assert.deepEqual(problemsIn(drain), ['services.shop.preStop: is "soon"; write a duration such as 30s, 5m or 1h']);
    const host = { ...goodConfig, services: { shop, cart: { ...shop, previewHost: "", ingress: { host: "?" } } } };
    assert.deepEqual(problemsIn(host), [
      'services.cart.ingress.host: "?" is no host name; write one such as shop.example.com, without a wildcard or port',
    ]);
  });

  it("is told of any mistake in its services beside any other", () => {
    const ofServices = bad.filter(
      ([, config]) => config["services"] !== shopOnly && Object.keys(config).length === known,
    );
    const ofOthers = bad.flatMap(([what, config, said]) => {
      const changed = Object.entries(config).filter(([key, value]) => goodConfig[key as "services"] !== value);
      // A mistake in a host leaves no place to share, and a gate is judged by the services' sizes.
      const apart = changed.every(([key]) => !["services", "ingress", "previewHost", "gate"].includes(key));
      return apart ? [[what, Object.fromEntries(changed), said] as const] : [];
    });
    assert.ok(ofServices.length > 20 && ofOthers.length > 15);
    for (const [one, services, saidOne] of ofServices) {
      for (const [two, others, saidTwo] of ofOthers) {
        const told = problemsIn({ ...services, ...others }).toSorted();
        assert.deepEqual(told, [...saidOne, ...saidTwo].toSorted(), `${one}, and ${two}`);
      }
    }
  });
});

describe("a config that holds secrets", () => {
  it("is told what would be right, and nothing of the value", () => {
    const secret = ["services", "canaryWeight", "canary"];
    const config = {
      ...withGreen({ preStop: "hunter2", replicas: "hunter2" }),
      canaryWeight: "hunter2",
      canary: { header: "X-User", headerPattern: "hunter2(" },
      activeColor: "red",
    };
    assert.deepEqual(problemsIn(config, secret).toSorted(), [
      'activeColor: is "red"; choose one of blue, green',
      "canary.headerPattern: RE2 has no lookaround and no backreference",
      "canaryWeight: write an integer from 0 to 100",
      "services.shop.green.preStop: write a duration such as 30s, 5m or 1h",
      "services.shop.green.replicas: write an integer from 1 to 10000",
    ]);
  });

  it("is told nothing of a value by what is wrong between values, or by a warning", () => {
    const drain = withShop({ preStop: "77s" });
    assert.deepEqual(problemsIn(drain, ["services"]).join().match(/77/), null);
    const same = { ...withGreen({ image: "registry/shop:1" }), canaryWeight: "20" };
    assert.deepEqual(warningsIn(same, ["services"]), ["services.shop: a canaryWeight of 20 tries nothing new"]);
  });
});

describe("a config that is right", () => {
  it("has defaults that a production service can live with", () => {
    const settings = settingsOf(goodConfig);
    assert.deepEqual(settings.traffic, { activeColor: "blue", canaryWeight: 0 });
    assert.equal(settings.router, "ingress-nginx");
    assert.equal(settings.standby, "all");
    assert.deepEqual(settings.readyTimeout, { seconds: 300 });
    assert.deepEqual(settings.services[0]?.route, {
      host: "shop.example.com",
      path: "/",
      className: "nginx",
      annotations: {},
      previewHost: "preview.shop.example.com",
    });
    const { blue } = settings.services[0].workloads;
    assert.equal(blue.replicas, 2);
    assert.deepEqual(blue.securityContext, { runAsNonRoot: true, readOnlyRootFilesystem: true });
    assert.ok(blue.terminationGrace.seconds > blue.preStop.seconds);
    assert.ok(blue.probes.liveness.period.seconds > blue.probes.readiness.period.seconds);
  });

  it("takes numbers as digits, which is how the engine hands them over", () => {
    assert.deepEqual(settingsOf({ ...goodConfig, canaryWeight: "20", standby: "1" }).traffic.canaryWeight, 20);
    assert.equal(settingsOf({ ...goodConfig, standby: "1" }).standby, 1);
  });

  it("lets a color override its service, and a service the defaults, key by key", () => {
    const { green, blue } =
      settingsOf({
        ...withShop({
          replicas: 4,
          env: { A: "service", B: "service" },
          probes: { readiness: { path: "/ready" } },
          green: { image: "registry/shop:2", env: { B: "color" }, probes: { readiness: { period: "1s" } } },
        }),
      }).services[0]?.workloads ?? assert.fail("no service");
    assert.deepEqual(green.env, { A: "service", B: "color" });
    assert.deepEqual(blue.env, { A: "service", B: "service" });
    assert.deepEqual(green.probes.readiness, {
      path: "/ready",
      period: { seconds: 1 },
      timeout: { seconds: 2 },
      failureThreshold: 2,
    });
    assert.equal(blue.probes.readiness.period.seconds, 5);
    assert.equal(green.replicas, 4);
  });

  it("has no route for a service that wants none", () => {
    assert.equal(settingsOf(withShop({ ingress: false })).services[0]?.route, undefined);
  });

  it("takes every weight from 0 to 100 and no other", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.integer({ min: -5, max: 105 })), (value) => {
        const accepted = problemsIn({ ...goodConfig, canaryWeight: String(value) }).length === 0;
        assert.equal(accepted, value >= 0 && value <= 100);
      }),
    );
  });

  it("is warned of a canary that runs the same image in both colors", () => {
    const same = { ...withGreen({ image: "registry/shop:1" }), canaryWeight: "20" };
    assert.deepEqual(warningsIn(same), [
      "services.shop: both colors run registry/shop:1; a canaryWeight of 20 tries nothing new",
    ]);
    assert.deepEqual(warningsIn({ ...same, canaryWeight: "0" }), []);
  });

  it("is warned that ingress-nginx is retired when the stack is to install it", () => {
    assert.match(warningsIn({ ...goodConfig, install: "ingress-nginx" })[0] ?? "", /retired in March 2026/);
  });
});
