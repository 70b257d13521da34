import { goodConfig } from "../fixtures";
import { type Mistake, shop, withGreen, withShop } from "./mistake";
import { workloadMistakes } from "./workload-mistakes";

export const weight = (value: unknown) => `canaryWeight: is ${JSON.stringify(value)}; write an integer from 0 to 100`;

const byHeader = "ingress-nginx, gateway-api, traefik, f5-nginx, aws-alb, istio, linkerd or argo-rollouts";
const byRequest = "ingress-nginx, gateway-api, traefik, f5-nginx, istio, linkerd or argo-rollouts";

/** Every mistake that a config is told of. */
export const mistakes: readonly Mistake[] = [
  ...workloadMistakes,
  ["a weight over 100", { ...goodConfig, canaryWeight: "101" }, [weight("101")]],
  ["a weight under 0", { ...goodConfig, canaryWeight: "-1" }, [weight("-1")]],
  ["a weight that is no integer", { ...goodConfig, canaryWeight: "2.5" }, [weight("2.5")]],
  ["a weight in words", { ...goodConfig, canaryWeight: "ten" }, [weight("ten")]],
  ["an empty weight", { ...goodConfig, canaryWeight: "" }, [weight("")]],
  ["a color", { ...goodConfig, activeColor: "red" }, ['activeColor: is "red"; choose one of blue, green']],
  [
    "a router",
    { ...goodConfig, router: "haproxy" },
    [
      'router: is "haproxy"; choose one of ingress-nginx, service, replicas, gateway-api, traefik, f5-nginx, aws-alb, istio, linkerd, argo-rollouts',
    ],
  ],
  [
    "a strategy of Argo Rollouts",
    { ...goodConfig, router: "argo-rollouts", argoRollouts: { strategy: "rolling" } },
    ['argoRollouts.strategy: is "rolling"; choose one of canary, blue-green'],
  ],
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
  [
    "a key near none",
    { ...goodConfig, canary: { percentage: 5 } },
    [
      "canary.percentage: unknown key; there are header, headerValue, headerPattern, cookie, mirror, weightTotal, affinity",
    ],
  ],
  ["no service", { ...goodConfig, services: {} }, ["services: has no service"]],
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
    "all that a selector switch cannot do",
    {
      ...goodConfig,
      router: "service",
      canaryWeight: "5",
      ingress: { host: "shop.example.com", tls: "cert", gateway: "edge" },
      canary: { header: "X-User", headerPattern: "^a", cookie: "next", mirror: 5 },
    },
    [
      [
        "ingress.host",
        "lead a host to a service",
        "ingress-nginx, gateway-api, traefik, f5-nginx, aws-alb, istio or argo-rollouts",
      ],
      ["ingress.tls", "terminate TLS with a secret of its own", "ingress-nginx, traefik, f5-nginx or argo-rollouts"],
      ["ingress.gateway", "hang its routes on a Gateway", "gateway-api or istio"],
      [
        "previewHost",
        "lead a host to a service",
        "ingress-nginx, gateway-api, traefik, f5-nginx, aws-alb, istio or argo-rollouts",
      ],
      [
        "canaryWeight",
        "send a share of the requests to the idle color",
        "ingress-nginx, replicas, gateway-api, traefik, f5-nginx, aws-alb, istio, linkerd or argo-rollouts",
      ],
      ["canary.header", "tell requests apart by a header", byHeader],
      ["canary.headerPattern", "match a header by a pattern", byRequest],
      ["canary.cookie", "tell requests apart by a cookie", byRequest],
      ["canary.mirror", "send copies of requests to the idle color", "gateway-api, traefik or istio"],
    ].map(
      ([path, what, routers]) =>
        `${path}: the router service cannot ${what}; leave it out, or set router to ${routers}`,
    ),
  ],
  [
    "a Gateway that is missing",
    { ...goodConfig, router: "gateway-api" },
    [
      "services.shop.ingress.gateway: is missing; the router gateway-api wants the name of the Gateway that leads to the " +
        "service, or its namespace/name",
    ],
  ],
  [
    "a Gateway in words",
    { ...goodConfig, router: "gateway-api", ingress: { host: "shop.example.com", gateway: "the edge" } },
    ['ingress.gateway: is "the edge"; write the name of a Gateway, or its namespace/name'],
  ],
  [
    "a node port that two services want",
    {
      ...goodConfig,
      expose: { type: "NodePort" },
      services: {
        shop: { ...shop, expose: { nodePort: 30_080 } },
        cart: { ...shop, ingress: { host: "cart.example.com" }, previewHost: "", expose: { nodePort: 30_080 } },
      },
    },
    ["services.cart.expose.nodePort: 30080 is taken by services.shop.expose.nodePort already; choose another"],
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
    "a pod that cannot count before the update fails",
    { ...withShop({ readyFor: "30s" }), readyTimeout: "20s" },
    ["blue", "green"].map(
      (color) =>
        `services.shop.${color}.readyFor: is 30s, and the update fails after readyTimeout, 20s; ` +
        "make readyTimeout longer than a start and readyFor together",
    ),
  ],
  [
    "a timeout of nothing",
    { ...goodConfig, readyTimeout: "0" },
    ["readyTimeout: is no time at all; write a duration such as 1s or 5m"],
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
    "an annotation that is Cyan's",
    { ...goodConfig, ingress: { host: "a.b", annotations: { "nginx.ingress.kubernetes.io/canary-weight": "5" } } },
    [
      "ingress.annotations.nginx.ingress.kubernetes.io/canary-weight: is written by Cyan; " +
        "use activeColor, canaryWeight and canary instead",
    ],
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
    "a check of a service that is not there",
    { ...goodConfig, gate: { http: { services: { cart: { path: "/" } } } } },
    ["gate.http.services.cart: is no service of this stack; there are shop"],
  ],
  [
    "a check of a path that is none",
    { ...goodConfig, gate: { http: { path: "healthz", status: 99 } } },
    ["gate.http.path: begins with /, and has no spaces", "gate.http.status: is 99; write an integer from 100 to 599"],
  ],
  [
    "a gate's Job without a tag",
    { ...goodConfig, gate: { job: { image: "registry/smoke" } } },
    ["gate.job.image: has no tag or digest; write name:tag or name@sha256:…"],
  ],
  ["a gate's Job without an image", { ...goodConfig, gate: { job: {} } }, ["gate.job.image: is missing"]],
  [
    "a gate's Job that asks for more than it may have",
    { ...goodConfig, gate: { job: { image: "a:1", resources: { requests: { memory: "1Gi" } } } } },
    ["gate.job.resources.requests.memory: is 1Gi, over the limit of 256Mi; raise resources.limits.memory"],
  ],
  [
    "a key of a gate's Job",
    { ...goodConfig, gate: { job: { image: "a:1", timeuot: "1m" } } },
    ["gate.job.timeuot: unknown key; did you mean timeout?"],
  ],
  [
    "a flag in words",
    { ...goodConfig, allowActiveChange: "yes" },
    ['allowActiveChange: is "yes"; write true or false'],
  ],
  [
    "a secret of no service",
    { ...goodConfig, secrets: { cart: { env: { TOKEN: "a" } } } },
    ["secrets.cart: is no service; choose one of shop"],
  ],
  [
    "a key of a secret",
    { ...goodConfig, secrets: { shop: { evn: { TOKEN: "a" } } } },
    ["secrets.shop.evn: unknown key; did you mean env?"],
  ],
  [
    "a secret variable that Kubernetes refuses",
    { ...goodConfig, secrets: { shop: { green: { env: { "1ST": "a" } } } } },
    ["secrets.shop.green.env.1ST: is no name of a variable; use letters, digits and -._, beginning with no digit"],
  ],
  [
    "a variable that is a secret and none",
    { ...withGreen({ env: { TOKEN: "a" } }), secrets: { shop: { env: { TOKEN: "a" } } } },
    ["secrets.shop.green.env.TOKEN: is told openly too; keep it here, or in services.shop.env"],
  ],
  [
    "a caller",
    { ...goodConfig, networkPolicy: { from: ["ingress", "10.0.0.0/33"] } },
    [
      'networkPolicy.from.1: is "10.0.0.0/33"; write a namespace or a range of addresses, and a port if it is to be one: ' +
        "ingress, 10.0.0.0/8:5432",
    ],
  ],
  [
    "a key of the network policy",
    { ...goodConfig, networkPolicy: { form: ["ingress"] } },
    ["networkPolicy.form: unknown key; did you mean from?"],
  ],
  ["sessions without a cookie", { ...goodConfig, canary: { affinity: {} } }, ["canary.affinity.cookie: is missing"]],
  [
    "a cookie of sessions",
    { ...goodConfig, canary: { affinity: { cookie: "my cookie" } } },
    ["canary.affinity.cookie: is no name of a cookie"],
  ],
  [
    "an annotation of sessions",
    {
      ...goodConfig,
      ingress: { host: "a.b", annotations: { "nginx.ingress.kubernetes.io/session-cookie-name": "a" } },
    },
    [
      "ingress.annotations.nginx.ingress.kubernetes.io/session-cookie-name: is written by Cyan; use canary.affinity instead",
    ],
  ],
  [
    "steps that do not rise",
    { ...goodConfig, rollout: { steps: [5, 50, 20] } },
    ["rollout.steps: does not rise from step to step; write a list such as [5, 20, 50]"],
  ],
  [
    "a step that is the flip",
    { ...goodConfig, rollout: { steps: ["50", "100"] } },
    ['rollout.steps.1: is "100"; write an integer from 1 to 99'],
  ],
  [
    "steps in words",
    { ...goodConfig, rollout: { steps: "slowly" } },
    ["rollout.steps: write a list of weights such as [5, 20, 50]"],
  ],
  [
    "a rollout's policy packs",
    { ...goodConfig, rollout: { policyPacks: ["policies/dev", { config: "packs.json" }] } },
    ["rollout.policyPacks.1.folder: is missing"],
  ],
  [
    "a rollout's interval",
    { ...goodConfig, rollout: { interval: "a while" } },
    ['rollout.interval: is "a while"; write a duration such as 30s, 5m or 1h'],
  ],
  [
    "what to do when nobody answers",
    { ...goodConfig, rollout: { onIdleTimeout: "promote" } },
    ['rollout.onIdleTimeout: is "promote"; choose one of wait, abort'],
  ],
  [
    "a kind of notification",
    { ...goodConfig, rollout: { notify: { team: { kind: "slak", url: { env: "SLACK_URL" } } } } },
    ["rollout.notify.team.kind: write a map with url, and a kind of slack, teams or webhook"],
  ],
  [
    "an address that others could read",
    { ...goodConfig, rollout: { notify: { team: { kind: "slack", url: "https://hooks.example.com/T1/B1" } } } },
    [
      "rollout.notify.team.url: a secret does not stand here; write {env: NAME}, or {config: NAME} for one of the credentials in the config",
    ],
  ],
  [
    "a webhook that is not signed",
    { ...goodConfig, rollout: { notify: { team: { kind: "webhook", url: { env: "HOOK" } } } } },
    [
      "rollout.notify.team.secret: is missing; write {env: NAME}, or {config: NAME} for one of the credentials in the config",
    ],
  ],
  [
    "a chat that is signed",
    { ...goodConfig, rollout: { notify: { team: { kind: "slack", url: { env: "A" }, secret: { env: "B" } } } } },
    ["rollout.notify.team.secret: unknown key; there are kind, url, on"],
  ],
  [
    "an event that there is not",
    { ...goodConfig, rollout: { notify: { team: { kind: "teams", url: { env: "A" }, on: ["end"] } } } },
    [
      'rollout.notify.team.on.0: is "end"; choose one of began, took-over, moving, moved, watching, judged, waiting, asked, restoring, led-back, restored, locked, warning, ended',
    ],
  ],
  [
    "a credential that there is not",
    { ...goodConfig, rollout: { notify: { team: { kind: "teams", url: { config: "teams" } } } } },
    [
      "rollout.notify.team.url: there is no credential teams; set it: pulumi config set --secret --path credentials.teams",
    ],
  ],
  [
    "a file of metrics that nobody reads",
    { ...goodConfig, rollout: { metrics: { textfile: "/var/lib/node_exporter/cyan.txt" } } },
    ["rollout.metrics.textfile: does not end in .prom; node_exporter reads no other file"],
  ],
  [
    "a Pushgateway's password",
    { ...goodConfig, rollout: { metrics: { pushgateway: { url: "http://a:b@push.example.com" } } } },
    ["rollout.metrics.pushgateway.url: has credentials in it; write them as token, or user and password"],
  ],
  [
    "a Pushgateway's credential that there is not",
    {
      ...goodConfig,
      rollout: { metrics: { pushgateway: { url: "http://push.example.com", token: { config: "push" } } } },
    },
    [
      "rollout.metrics.pushgateway.token: there is no credential push; set it: pulumi config set --secret --path credentials.push",
    ],
  ],
  ["credentials that are no map", { ...goodConfig, credentials: "a" }, ["credentials: write a map of names to texts"]],
  ["a standby in words", { ...goodConfig, standby: "half" }, ["standby: write all, or a number of replicas"]],
];
