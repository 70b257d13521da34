import { type Mistake, withGreen, withShop } from "./mistake";

/** Mistakes in what the colors of a service run. */
export const workloadMistakes: readonly Mistake[] = [
  ["a key of a service", withShop({ replcas: 3 }), ["services.shop.replcas: unknown key; did you mean replicas?"]],
  ["a key of a color", withGreen({ imag: "a:1" }), ["services.shop.green.imag: unknown key; did you mean image?"]],
  [
    "a color that is missing",
    withShop({ green: undefined }),
    ["services.shop.green: is missing; write a map with its image"],
  ],
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
    "a node port of a Service that has none",
    withShop({ expose: { nodePort: 30_080 } }),
    ["services.shop.expose.nodePort: needs expose.type, NodePort or LoadBalancer"],
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
    "a quantity",
    withGreen({ resources: { limits: { memory: "lots" } } }),
    ["services.shop.green.resources.limits.memory: write a quantity such as 250m or 128Mi"],
  ],
  [
    "an autoscaler whose least is over its most",
    withShop({ autoscaling: { minReplicas: 5, maxReplicas: 2 } }),
    ["services.shop.autoscaling: minReplicas is over maxReplicas"],
  ],
  [
    "a file without a path",
    withShop({ files: { "app.yaml": "a" } }),
    [
      "services.shop.files.app.yaml: is no path of a file; write one such as /etc/shop/app.yaml, of letters, digits and ._-",
    ],
  ],
  [
    "a file outside its folder",
    withGreen({ files: { "/etc/../app.yaml": "a" } }),
    [
      "services.shop.green.files./etc/../app.yaml: is no path of a file; " +
        "write one such as /etc/shop/app.yaml, of letters, digits and ._-",
    ],
  ],
  [
    "an account's annotations in a list",
    withShop({ serviceAccount: { annotations: ["a"] } }),
    ["services.shop.serviceAccount.annotations: write a map of names to texts"],
  ],
];
