import assert from "node:assert/strict";
import fc from "fast-check";
import { formatProblem } from "../../../components/model/problems";
import { parseSettings } from "../../../components/config/settings";
import { goodConfig, settingsOf } from "../fixtures";
import { type Config, shop, withGreen, withShop } from "./mistake";
import { mistakes, weight } from "./mistakes";

function problemsIn(config: Config, secret: readonly string[] = []): string[] {
  const parsed = parseSettings(config, { secret });
  return "problems" in parsed ? parsed.problems.map(formatProblem) : [];
}

function warningsIn(config: Config, secret: readonly string[] = []): readonly string[] {
  const parsed = parseSettings(config, { secret });
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.warnings.map(formatProblem);
}

describe("a config that is wrong", () => {
  for (const [what, config, said] of mistakes) {
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
    const ofServices = mistakes.filter(
      ([, config]) => config["services"] !== shopOnly && Object.keys(config).length === known,
    );
    const ofOthers = mistakes.flatMap(([what, config, said]) => {
      const changed = Object.entries(config).filter(([key, value]) => goodConfig[key as "services"] !== value);
      // A mistake in a host leaves no place to share; a gate is judged by the services' sizes, a router by their
      // hosts, and a secret by their names.
      const apart = changed.every(
        ([key]) => !["services", "ingress", "previewHost", "gate", "router", "secrets"].includes(key),
      );
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

  it("joins maps key by key: the color's value, else the service's, else the default", () => {
    const names = fc.constantFrom("cpu", "memory", "ephemeral-storage");
    const limits = fc.dictionary(names, fc.constantFrom("4Gi", "5Gi", "6Gi"));
    fc.assert(
      fc.property(limits, limits, (ofService, ofColor) => {
        const config = withShop({
          resources: { limits: ofService },
          green: { ...shop.green, resources: { limits: ofColor } },
        });
        const { green, blue } = settingsOf(config).services[0]?.workloads ?? assert.fail("no service");
        assert.deepEqual({ ...green.resources.limits }, { memory: "256Mi", ...ofService, ...ofColor });
        assert.deepEqual({ ...blue.resources.limits }, { memory: "256Mi", ...ofService });
      }),
    );
  });

  it("has no gate but that on capacity unless it is asked for, and defaults for those that are", () => {
    const api = { ...shop, ingress: false };
    const gate = (config: unknown) =>
      settingsOf({ ...goodConfig, services: { shop, api, worker: api }, gate: config }).gate;
    assert.deepEqual(gate({}), { minReady: 1, timeout: { seconds: 60 }, force: false });
    assert.deepEqual(gate({ http: { contains: "ok", services: { api: { path: "/ready" }, worker: false } } }).http, {
      checks: {
        shop: { path: "/", status: 200, contains: "ok" },
        api: { path: "/ready", status: 200, contains: "ok" },
      },
      period: { seconds: 2 },
      timeout: { seconds: 30 },
    });
    assert.deepEqual(gate({ job: { image: "a:1", resources: { limits: { cpu: 1 } } } }).job, {
      image: "a:1",
      imagePullPolicy: "IfNotPresent",
      command: [],
      args: [],
      env: {},
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi", cpu: "1" } },
      timeout: { seconds: 300 },
      backoff: 0,
    });
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

  it("tells each color its own secrets besides its service's, and nothing of them in the service", () => {
    const secrets = {
      shop: {
        env: { A: "service", B: "service" },
        files: { "/key": "service" },
        green: { env: { B: "color" }, files: { "/other": "color" } },
      },
    };
    const settings = settingsOf({ ...goodConfig, secrets });
    assert.deepEqual(settings.secrets["shop"], {
      blue: { env: { A: "service", B: "service" }, files: { "/key": "service" } },
      green: { env: { A: "service", B: "color" }, files: { "/key": "service", "/other": "color" } },
    });
    assert.deepEqual(settings.services, settingsOf(goodConfig).services);
  });

  it("tells in secret what secret services are told", () => {
    const config = {
      ...withGreen({ env: { A: "a", B: "b" }, files: { "/app.yaml": "text" } }),
      secrets: { shop: { env: { B: "secret" } } },
    };
    const parsed = parseSettings(config, { secret: ["services", "secrets"] });
    assert.ok("settings" in parsed);
    const { services, secrets } = parsed.settings;
    assert.deepEqual(secrets["shop"]?.green, { env: { A: "a", B: "secret" }, files: { "/app.yaml": "text" } });
    for (const color of ["blue", "green"] as const) {
      assert.deepEqual(services[0]?.workloads[color].env, {});
      assert.deepEqual(services[0].workloads[color].files, {});
    }
    assert.deepEqual(parsed.warnings, []);
  });

  it("is warned of secrets that anyone can read in the config", () => {
    const config = { ...goodConfig, secrets: { shop: { env: { TOKEN: "hunter2" } } } };
    assert.deepEqual(warningsIn(config), [
      "secrets: is no secret in the config; set each value with pulumi config set --secret --path secrets.…",
    ]);
    assert.deepEqual(warningsIn(config, ["secrets"]), []);
    assert.deepEqual(warningsIn({ ...goodConfig, secrets: {} }), []);
  });

  it("is warned of a network policy that lets in no ingress controller", () => {
    const said =
      "networkPolicy.from: is empty, and lets in no ingress controller but one in the release's own namespace";
    assert.deepEqual(warningsIn({ ...goodConfig, networkPolicy: { from: [] } }), [said]);
    assert.deepEqual(warningsIn({ ...goodConfig, networkPolicy: {} }), []);
    assert.equal(settingsOf({ ...goodConfig, networkPolicy: {} }).networkPolicy, undefined);
    assert.deepEqual(warningsIn({ ...goodConfig, networkPolicy: { from: ["ingress"] } }), []);
    assert.deepEqual(warningsIn({ ...withShop({ ingress: false }), networkPolicy: { to: [] } }), []);
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
