import { type Live, type LiveService } from "../../components/model/live";
import { type ReleaseArgs } from "../../components/model/release-args";
import { releaseArgs } from "../../components/release";
import { goodConfig, settingsOf } from "../components/fixtures";
import { type Judged } from "../support/policy";

const digest = (letter: string): string => `registry.example.com/shop@sha256:${letter.repeat(64)}`;
export const images = { one: digest("1"), two: digest("2"), three: digest("3") };

/** A config that every rule of both packs accepts: tests break one thing of it. */
export const config = {
  ...goodConfig,
  ingress: { host: "shop.example.com", tls: "shop-example-com" },
  services: { shop: { port: 80, containerPort: 8080, blue: { image: images.one }, green: { image: images.two } } },
};

/** What is live: blue at the weight of the canary's, with all its pods. */
export function liveAt(canaryWeight: number, change: Partial<LiveService> = {}): Live {
  const environment = (image: string) => ({ ready: 2, replicas: 2, image });
  const service: LiveService = {
    name: "shop",
    route: {
      active: "blue",
      canary: { color: "green", weight: canaryWeight },
      recorded: { activeColor: "blue", canaryWeight },
      movedAt: new Date("2026-03-01T10:00:00Z"),
    },
    inside: "blue",
    environments: { blue: environment(images.one), green: environment(images.two) },
    ...change,
  };
  return { known: true, services: [service] };
}

export function releaseOf(change: Record<string, unknown> = {}, live: Live = liveAt(0)): ReleaseArgs {
  return releaseArgs(settingsOf({ ...config, ...change }), live);
}

export function release(change: Record<string, unknown> = {}, live: Live = liveAt(0)): Judged {
  const props = releaseOf(change, live);
  return { type: "cyan:index:Release", props, ignoreChanges: props.transition.atRest ? ["transition"] : [] };
}

export const deployment = {
  metadata: { name: "shop-blue", namespace: "shop", labels: { "app.kubernetes.io/managed-by": "cyan" } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "shop" } },
    template: {
      metadata: { labels: { app: "shop", "app.kubernetes.io/managed-by": "cyan" } },
      spec: {
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname" }],
        containers: [
          {
            name: "shop",
            readinessProbe: { httpGet: { path: "/" } },
            livenessProbe: { httpGet: { path: "/" } },
            resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  },
};

export const budget = {
  metadata: { name: "shop-blue", namespace: "shop" },
  spec: { maxUnavailable: 1, selector: { matchLabels: { app: "shop" } } },
};

const ingress = (name: string, host: string, service: string, annotations: Record<string, string> = {}) => ({
  metadata: { name, namespace: "shop", annotations },
  spec: {
    ingressClassName: "nginx",
    tls: [{ hosts: [host], secretName: "shop-example-com" }],
    rules: [{ host, http: { paths: [{ path: "/", backend: { service: { name: service } } }] } }],
  },
});

export const main = ingress("shop", "shop.example.com", "shop-blue");
export const canary = ingress("shop-canary", "shop.example.com", "shop-green", {
  "nginx.ingress.kubernetes.io/canary": "true",
});
export const preview = ingress("shop-preview", "preview.shop.example.com", "shop-preview");

export const judged = {
  deployment: (props: object = deployment): Judged => ({ type: "kubernetes:apps/v1:Deployment", props }),
  budget: (props: object = budget): Judged => ({ type: "kubernetes:policy/v1:PodDisruptionBudget", props }),
  ingress: (props: object = main): Judged => ({ type: "kubernetes:networking.k8s.io/v1:Ingress", props }),
};

/** Everything of a compliant stack. */
export const compliant: readonly Judged[] = [
  release(),
  judged.deployment(),
  judged.budget(),
  ...[main, canary, preview].map(judged.ingress),
];
