import assert from "node:assert/strict";
import { canaryService } from "../../policies/rules/canary-service";
import { colorParity } from "../../policies/rules/color-parity";
import { disruptionBudget } from "../../policies/rules/disruption-budget";
import { drainTime } from "../../policies/rules/drain-time";
import { imageDigest } from "../../policies/rules/image-digest";
import { imageRegistry } from "../../policies/rules/image-registry";
import { imageTag } from "../../policies/rules/image-tag";
import { minReplicas } from "../../policies/rules/min-replicas";
import { plainSecrets } from "../../policies/rules/plain-secrets";
import { podSecurity } from "../../policies/rules/pod-security";
import { probes } from "../../policies/rules/probes";
import { resourceLimits } from "../../policies/rules/resource-limits";
import { type Rule } from "../../policies/rules/rule";
import { tls } from "../../policies/rules/tls";
import { uniqueRoute } from "../../policies/rules/unique-route";
import { wildcardHost } from "../../policies/rules/wildcard-host";
import { changed, type Circumstances, type Judged, violations } from "../support/policy";
import { budget, canary, config, deployment, images, judged, main, preview, release } from "./fixtures";

const shop = config.services.shop;
const service = (change: object): Judged => release({ services: { shop: { ...shop, ...change } } });
const green = (change: object): Judged => service({ green: { image: images.two, ...change } });
const pod = (path: string, value: unknown): Judged =>
  judged.deployment(changed(deployment, `spec.template.spec.${path}`, value));
const container = (path: string, value: unknown): Judged => pod(`containers.0.${path}`, value);
const route = (object: object, path: string, value: unknown): Judged => judged.ingress(changed(object, path, value));
const named = (object: object, name: string): object => changed(object, "metadata.name", name);

const httpRoute = (name: string, value: string): Judged => ({
  type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  props: { metadata: { name }, spec: { hostnames: ["shop.example.com"], rules: [{ matches: [{ path: { value } }] }] } },
});

type Case = [rule: Rule, what: string, resources: Judged[], messages: string[], circumstances?: Circumstances];

const cases: Case[] = [
  [
    imageDigest,
    "a tag",
    [green({ image: "registry.example.com/shop:2" })],
    ["services.shop.green.image: registry.example.com/shop:2 has no digest; write it as name@sha256:…"],
  ],
  [
    imageTag,
    "latest",
    [green({ image: "registry.example.com:5000/shop:latest" })],
    ["services.shop.green.image: registry.example.com:5000/shop:latest is whatever is latest; name a version"],
  ],
  [imageTag, "another tag", [green({ image: "registry.example.com:5000/shop:2" })], []],
  [
    imageRegistry,
    "another registry",
    [green({ image: "nginx:1.29" })],
    [`services.shop.blue.image: ${images.one} comes from registry.example.com; allowed are ghcr.io, docker.io`],
    { config: { registries: ["ghcr.io", "docker.io"] } },
  ],
  [
    imageRegistry,
    "a name that only begins like an allowed one",
    [service({})],
    [
      `services.shop.blue.image: ${images.one} comes from registry.example.com; allowed are registry.example.com/sho`,
      `services.shop.green.image: ${images.two} comes from registry.example.com; allowed are registry.example.com/sho`,
    ],
    { config: { registries: ["registry.example.com/sho"] } },
  ],
  [imageRegistry, "the allowed registry", [service({})], [], { config: { registries: ["registry.example.com"] } }],

  [
    colorParity,
    "what differs, by name",
    [green({ containerPort: 9000, probes: { readiness: { path: "/ready" } }, resources: { limits: { cpu: "1" } } })],
    [
      "services.shop: containerPort is 8080 in blue and 9000 in green; make them equal",
      'services.shop: probes.readiness.path is "/" in blue and "/ready" in green; make them equal',
      'services.shop: resources.limits.cpu is not set in blue and "1" in green; make them equal',
    ],
  ],
  [
    colorParity,
    "what may differ",
    [green({ containerPort: 9000, env: { A: "1" } })],
    [],
    { config: { fields: ["probes"] } },
  ],

  [
    minReplicas,
    "one replica of a color that serves",
    [service({ blue: { image: images.one, replicas: 1 } })],
    ["services.shop.blue: has 1 replicas while it serves; give it at least 2"],
  ],
  [
    minReplicas,
    "an autoscaler that may leave one",
    [service({ autoscaling: { minReplicas: 1, maxReplicas: 9 } })],
    ["services.shop.blue: has 1 replicas while it serves; give it at least 2"],
  ],
  [minReplicas, "one replica of the idle color", [green({ replicas: 1 })], []],
  [
    minReplicas,
    "fewer than a config of one's own",
    [service({})],
    ["services.shop.blue: has 2 replicas while it serves; give it at least 3"],
    { config: { minReplicas: 3 } },
  ],

  [
    disruptionBudget,
    "two replicas without a budget",
    [judged.deployment()],
    ["shop-blue: has 2 replicas and no disruption budget"],
  ],
  [
    disruptionBudget,
    "a budget for other pods",
    [judged.deployment(), judged.budget(changed(budget, "spec.selector.matchLabels.app", "cart"))],
    ["shop-blue: has 2 replicas and no disruption budget"],
  ],
  [
    disruptionBudget,
    "a budget that lets no pod go",
    [judged.budget(changed(budget, "spec.maxUnavailable", "0%"))],
    ["shop-blue: lets no pod go, so that no node can be drained; set maxUnavailable to 1"],
  ],
  [disruptionBudget, "one replica", [judged.deployment(changed(deployment, "spec.replicas", 1))], []],

  [
    probes,
    "no readiness probe",
    [container("readinessProbe", undefined)],
    ["shop-blue: container shop has no readinessProbe"],
  ],
  [
    probes,
    "no liveness probe",
    [container("livenessProbe", undefined)],
    ["shop-blue: container shop has no livenessProbe"],
  ],

  [
    resourceLimits,
    "no requests",
    [container("resources.requests", undefined)],
    ["shop-blue: container shop has no resources.requests of cpu and memory"],
  ],
  [
    resourceLimits,
    "no limit of memory",
    [container("resources.limits.memory", undefined)],
    ["shop-blue: container shop has no resources.limits of memory"],
  ],
  [
    resourceLimits,
    "no limit of CPU, where one is asked for",
    [judged.deployment()],
    ["shop-blue: container shop has no resources.limits of cpu"],
    { config: { limits: ["cpu", "memory"] } },
  ],
  [
    resourceLimits,
    "an init container without any",
    [pod("initContainers", [{ name: "setup" }])],
    [
      "shop-blue: container setup has no resources.requests of cpu and memory",
      "shop-blue: container setup has no resources.limits of memory",
    ],
  ],

  [
    podSecurity,
    "a user that may be root",
    [pod("securityContext.runAsNonRoot", false)],
    ["shop-blue: container shop may run as root: set runAsNonRoot"],
  ],
  [
    podSecurity,
    "root",
    [container("securityContext.runAsUser", 0)],
    ["shop-blue: container shop runs as root: set another runAsUser"],
  ],
  [
    podSecurity,
    "a privileged container",
    [container("securityContext.privileged", true)],
    ["shop-blue: container shop is privileged"],
  ],
  [
    podSecurity,
    "privileges that can be gained",
    [container("securityContext.allowPrivilegeEscalation", undefined)],
    ["shop-blue: container shop may gain privileges: set allowPrivilegeEscalation to false"],
  ],
  [
    podSecurity,
    "a root file system that can be written",
    [container("securityContext.readOnlyRootFilesystem", false)],
    ["shop-blue: container shop can write to its root file system: set readOnlyRootFilesystem"],
  ],
  [
    podSecurity,
    "capabilities that are kept",
    [container("securityContext.capabilities.drop", ["NET_RAW"])],
    ["shop-blue: container shop keeps capabilities: drop ALL"],
  ],
  [
    podSecurity,
    "capabilities that are added",
    [container("securityContext.capabilities.add", ["NET_BIND_SERVICE", "SYS_ADMIN"])],
    ["shop-blue: container shop adds the capabilities SYS_ADMIN"],
  ],
  [podSecurity, "the node's network", [pod("hostNetwork", true)], ["shop-blue: hostNetwork is true"]],
  [
    podSecurity,
    "a path of the node",
    [pod("volumes", [{ name: "run", hostPath: { path: "/run" } }])],
    ["shop-blue: volume run is a path of the node"],
  ],

  [
    plainSecrets,
    "a credential by its name",
    [service({ env: { DB_PASSWORD: "hunter2", COLOR: "blue", TOKEN_TTL: "5" } })],
    [
      "services.shop.blue.env.DB_PASSWORD: looks like a credential in plain text; tell it in secret, as secrets.shop.env.DB_PASSWORD",
      "services.shop.green.env.DB_PASSWORD: looks like a credential in plain text; tell it in secret, as secrets.shop.env.DB_PASSWORD",
    ],
  ],
  [
    plainSecrets,
    "a credential by its value",
    [green({ env: { DB: "postgres://shop:hunter2@db/shop" } })],
    ["services.shop.green.env.DB: looks like a credential in plain text; tell it in secret, as secrets.shop.env.DB"],
  ],
  [
    plainSecrets,
    "names of one's own",
    [green({ env: { LICENCE: "abc" } })],
    [
      "services.shop.green.env.LICENCE: looks like a credential in plain text; tell it in secret, as secrets.shop.env.LICENCE",
    ],
    { config: { names: "licence" } },
  ],

  [
    drainTime,
    "a preStop that is too short",
    [service({ preStop: "1s" })],
    ["services.shop.blue.preStop: is 1s; set at least 5s", "services.shop.green.preStop: is 1s; set at least 5s"],
  ],
  [
    drainTime,
    "a grace that preStop uses up",
    [green({ terminationGrace: "16s" })],
    ["services.shop.green.terminationGrace: is 16s, and preStop takes 15s of it; set at least 25s"],
  ],
  [
    drainTime,
    "a drain under preStop",
    [release({ drain: "5s", services: { shop: { ...shop, green: { image: images.two, preStop: "5s" } } } })],
    ["drain: is 5s, under the preStop of services.shop.blue; set at least 15s"],
  ],

  [
    tls,
    "a host without TLS",
    [route(main, "spec.tls", undefined)],
    ["shop: shop.example.com has no TLS; set ingress.tls to the name of its secret"],
  ],
  [
    tls,
    "TLS of another host",
    [route(main, "spec.tls.0.hosts", ["cart.example.com"])],
    ["shop: shop.example.com has no TLS; set ingress.tls to the name of its secret"],
  ],
  [
    tls,
    "TLS without a certificate",
    [route(main, "spec.tls.0.secretName", undefined)],
    ["shop: shop.example.com has no TLS; set ingress.tls to the name of its secret"],
  ],

  [
    wildcardHost,
    "a wildcard",
    [route(main, "spec.rules.0.host", "*.example.com")],
    ["shop: *.example.com is a wildcard; name the host"],
  ],
  [
    wildcardHost,
    "no host",
    [route(main, "spec.rules.0.host", undefined)],
    ["shop: a rule has no host, and takes every one"],
  ],
  [
    wildcardHost,
    "a default backend",
    [route(main, "spec.defaultBackend", { service: { name: "shop" } })],
    ["shop: has a default backend, which takes every host"],
  ],

  [
    canaryService,
    "a preview on the canary's Service",
    [main, canary, changed(preview, "spec.rules.0.http.paths.0.backend.service.name", "shop-green")].map((each) =>
      judged.ingress(each),
    ),
    ["shop-canary: its Service shop-green is used by shop-preview too; give that one another Service"],
  ],
  [
    canaryService,
    "a Service of the same name in another namespace",
    [judged.ingress(canary), route(canary, "metadata.namespace", "other")],
    [],
  ],

  [
    uniqueRoute,
    "two releases on one place",
    [
      judged.ingress(main),
      judged.ingress(canary),
      judged.ingress(named(main, "cart")),
      judged.ingress(named(canary, "cart-canary")),
    ],
    [
      "cart: shop.example.com/ (class nginx) is taken by shop already; give each a host or path of its own",
      "cart-canary: shop.example.com/ (class nginx) as a canary is taken by shop-canary already; give each a host or path of its own",
    ],
  ],
  [
    uniqueRoute,
    "two routes of the Gateway API on one place",
    [httpRoute("shop", "/"), httpRoute("cart", "/"), httpRoute("api", "/api")],
    ["cart: shop.example.com/ is taken by shop already; give each a host or path of its own"],
  ],
  [
    uniqueRoute,
    "two paths of one host",
    [judged.ingress(main), judged.ingress(changed(named(main, "api"), "spec.rules.0.http.paths.0.path", "/api"))],
    [],
  ],
];

describe("a rule on what is declared", () => {
  for (const [rule, what, resources, messages, circumstances] of cases) {
    it(`${rule.name} ${messages.length > 0 ? "refuses" : "accepts"} ${what}`, () => {
      assert.deepEqual(violations(rule, resources, circumstances), messages);
    });
  }

  it("plain-secrets accepts what is told in secret, and never repeats a value", () => {
    const plain = service({ env: { DB_PASSWORD: "hunter2" } });
    assert.doesNotMatch(violations(plainSecrets, [plain]).join(), /hunter2/);
    const secret = release({ secrets: { shop: { env: { DB_PASSWORD: "hunter2" } } } });
    assert.deepEqual(violations(plainSecrets, [secret]), []);
  });
});
