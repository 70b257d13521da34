import {
  type ArgoRolloutsSettings,
  type RouterKind,
  routerKinds,
  type ServiceSettings,
  type Settings,
} from "./settings";

/** What a router may be asked for besides sending everything to one color, in words that follow "cannot". */
export const features = {
  host: "lead a host to a service",
  tls: "terminate TLS with a secret of its own",
  gateway: "hang its routes on a Gateway",
  sharedHost: "lead one host to several services by path",
  weight: "send a share of the requests to the idle color",
  header: "tell requests apart by a header",
  headerPattern: "match a header by a pattern",
  cookie: "tell requests apart by a cookie",
  mirror: "send copies of requests to the idle color",
  affinity: "keep a user on a color by a cookie of its own",
  standby: "keep pods of a color that gets no requests",
  autoscaling: "leave the number of pods to an autoscaler",
  trial: "try a color before it gets requests",
  strategy: "exchange whole versions in the place of shares",
  analysis: "have its controller judge a version",
} as const;
export type Feature = keyof typeof features;

/** What a router can do, and what it needs. */
export interface Capabilities extends Readonly<Record<Feature, boolean>> {
  /** What it does, in a sentence. */
  readonly summary: string;
  /** Whether callers inside the cluster are split as those outside are; else they get the active color. */
  readonly inside: boolean;
  /** What is sent to a color as a whole: a connection stays with its color until it is closed. */
  readonly unit: "request" | "connection";
  /** What makes a color's share: a weight on the router's objects, or how many of the ready pods are the color's. */
  readonly shareBy: "weight" | "pods";
  /**
   * Whose the pods are: each color's Deployment has them; or a controller makes and removes them as traffic moves, and the
   * Deployment, which has none, says what they run. It leads no request before they are ready, and keeps one color whole.
   */
  readonly pods: "deployment" | "controller";
  /** The class of its controller, unless a route names another. */
  readonly className: string;
  /** What has to be in the cluster. */
  readonly needs: string;
  /** On what it was measured, with every request counted, and what of it; absent when nothing was. */
  readonly measured?: string;
  /** Why nothing was measured, where it was tried. */
  readonly unmeasured?: string;
  /** What is otherwise where `argoRollouts.routing` is another than the first. */
  readonly routed?: Readonly<Partial<Record<ArgoRolloutsSettings["routing"], Partial<Capabilities>>>>;
}

/** Less than this no router can do that leads requests by objects of its own. */
const nothing = {
  shareBy: "weight",
  pods: "deployment",
  className: "nginx",
  host: false,
  tls: false,
  gateway: false,
  sharedHost: false,
  weight: false,
  header: false,
  headerPattern: false,
  cookie: false,
  mirror: false,
  affinity: false,
  standby: true,
  autoscaling: true,
  trial: true,
  strategy: false,
  analysis: false,
} as const;

/** What splits single requests by weight can tell them apart too. */
const byRequest = { ...nothing, weight: true, header: true, headerPattern: true, cookie: true } as const;
const byRequestAtHost = { ...byRequest, host: true, sharedHost: true } as const;

/** What each router can do. */
export const capabilities: Readonly<Record<RouterKind, Capabilities>> = {
  "ingress-nginx": {
    ...byRequestAtHost,
    tls: true,
    affinity: true,
    summary: "Two Ingresses with canary annotations.",
    inside: false,
    unit: "request",
    needs: "Traefik 3.7 or later with its kubernetesIngressNGINX provider, or ingress-nginx",
    measured: "Traefik 3.7.11",
  },
  service: {
    ...nothing,
    summary: "One Service whose selector names the active color: the classic blue-green switch.",
    inside: true,
    unit: "connection",
    needs: "nothing but Kubernetes",
    measured: "kube-proxy 1.34 with iptables",
  },
  replicas: {
    ...nothing,
    weight: true,
    standby: false,
    autoscaling: false,
    summary:
      "One Service that selects the pods of both colors: the share of each is its part of the ready pods, 8 and 2 give 20 %. " +
      "A weight is given as nearly as the numbers of pods can, and a warning says how near that is. Pods are added, and are " +
      "ready, before others are taken away. A pod gets requests as soon as it is ready: an idle color has none at weight 0, " +
      "whatever standby says, and gates that try a color are asked when it has its share, before the other loses pods.",
    inside: true,
    unit: "connection",
    shareBy: "pods",
    needs: "nothing but Kubernetes",
    measured: "kube-proxy 1.34 with iptables, on connections that are made anew",
  },
  "gateway-api": {
    ...byRequestAtHost,
    gateway: true,
    mirror: true,
    affinity: true,
    summary:
      "One HTTPRoute that splits by the weights of its backends; a flip is one write. Patterns and cookies are regular " +
      "expressions, and mirroring is an extension: what implements the Gateway API need not know them. Traefik knows no " +
      "mirroring, and neither Traefik nor Istio sessions. Those want the experimental channel of its kinds.",
    inside: false,
    unit: "request",
    needs: "an implementation of the Gateway API, version 1.0 or later, and a Gateway",
    measured: "Traefik 3.7.11, and at an ingress gateway of Istio, with mirroring, as below",
  },
  traefik: {
    ...byRequestAtHost,
    tls: true,
    mirror: true,
    affinity: true,
    summary: "A weighted TraefikService, with an IngressRoute that leads to it.",
    inside: false,
    unit: "request",
    needs:
      "Traefik 3 with its kubernetesCRD provider, and allowEmptyServices set there: without it a color that has no pods " +
      "takes the whole route away",
    measured: "Traefik 3.7.11",
  },
  "f5-nginx": {
    ...byRequestAtHost,
    sharedHost: false,
    tls: true,
    summary:
      "One VirtualServer that splits by weights, of F5's NGINX Ingress Controller, which is not ingress-nginx. A host is one " +
      "VirtualServer's, and so one service's.",
    inside: false,
    unit: "request",
    needs: "F5 NGINX Ingress Controller 1.12 or later, with its custom resources",
    unmeasured:
      "the sandbox makes its binaries from Go modules, and the release of its controller that was asked for, 5.3.0, was not served as one",
  },
  "aws-alb": {
    ...nothing,
    className: "alb",
    host: true,
    sharedHost: true,
    weight: true,
    header: true,
    summary:
      "One Ingress whose actions are weighted target groups of an Application Load Balancer. The load balancer takes its " +
      "certificates by annotation, and a preview host shares it when `ingress.annotations` name a group for both.",
    inside: false,
    unit: "request",
    needs:
      "AWS Load Balancer Controller 2.4 or later, and its readiness gates on the namespace: without them a pod counts as ready " +
      "before the load balancer knows it",
  },
  istio: {
    ...byRequestAtHost,
    gateway: true,
    mirror: true,
    summary:
      "One VirtualService that splits by weights, at a Gateway and inside the mesh, and a DestinationRule for each color " +
      "that passes over pods that cannot be reached. Only requests that no pod has seen are sent again.",
    inside: true,
    unit: "request",
    needs: "Istio 1.22 or later, sidecars or an ingress gateway, and a Gateway for each route",
    measured:
      "istiod, of a commit shortly before 1.31, with Envoy 1.40 as Envoy's own project builds it, without mutual TLS, at an " +
      "ingress gateway and by the sidecar of a caller inside the mesh (`npm run test:istio`). Under load and without a loss: " +
      "shares of 5, 20 and 50 %, flips, rollbacks, all requests led back past the engine, and changes to gateway-api at the " +
      "gateway and to linkerd in the mesh, and back, while they split. Besides: headers by word, value and pattern, and cookies; " +
      "copies of all requests and of 20 %, which the idle color got and answered with errors that no user saw; a pod that " +
      "refused connections, which none of 1,000 requests was lost by; and a failed request, which was not sent again. At the " +
      "gateway, under load and without a loss, `cyan plan`, `cyan status`, gates that refuse, `cyan abort` and `cyan rollout`. " +
      "On a machine with nothing else to do nothing was lost; beside other tests that took all of its time, 1,063 of one sample of " +
      "5,000 requests at 1,000 a second timed out, while the load of 50 a second beside it lost nothing. The sidecar is one of " +
      "the node and not of a pod: requests are sent to a port of it, and that pods have theirs injected was not tried",
  },
  linkerd: {
    ...byRequest,
    summary:
      "One HTTPRoute for each service that hangs on its Service, for callers inside the mesh (GAMMA). Istio and others " +
      "that implement GAMMA read the same object.",
    inside: true,
    unit: "request",
    needs: "Linkerd 2.14 or later, or another mesh that implements GAMMA, with the kinds of the Gateway API",
    measured:
      "Istio, by the sidecar of a caller, as above: shares, flips, rollbacks, headers, cookies, and the change to istio and " +
      "back. On Linkerd it was not: the sandbox makes its binaries from packages, no registry had Linkerd's proxy as one (its " +
      "name on crates.io is a placeholder), and its control plane was not served as a Go module",
  },
  "argo-rollouts": {
    ...byRequestAtHost,
    pods: "controller",
    tls: true,
    standby: false,
    autoscaling: false,
    trial: false,
    strategy: true,
    analysis: true,
    summary:
      "A Rollout for each service, which names one color's Deployment for what it runs and has a step for the weight: Argo " +
      "Rollouts makes the pods, and splits by a canary Ingress of its own. The Deployments have no pods. Both colors have the " +
      "replicas of the larger one while they share, and one that lost its share goes after the `drain`, or 30 s. An update " +
      "ends when the controller has brought about what it declares, and fails when that was aborted. A flip and a weight of " +
      "the next color are two updates. [Its config](argo-rollouts.md) has analyses that it judges versions by.",
    inside: false,
    unit: "request",
    needs: "Argo Rollouts, and Traefik 3.7 or later with its kubernetesIngressNGINX provider, or ingress-nginx",
    measured:
      "Argo Rollouts 1.10 with Traefik 3.7.11: shares of 1, 5, 20, 50 and 100 %, flips, rollbacks, and analyses that pass, fail " +
      "within an update and after it, before and after an exchange",
    routed: {
      replicas: {
        ...{ host: false, tls: false, sharedHost: false, header: false, headerPattern: false, cookie: false },
        inside: true,
        unit: "connection",
        shareBy: "pods",
        summary:
          "With `argoRollouts.routing` `replicas` the share of each color is its part of the ready pods, which Argo Rollouts " +
          "chooses: as near to the weight as the replicas of the larger color, and one more, can give, and a warning says how " +
          "near that is. One Service selects the pods of both, as with the router `replicas`.",
        needs: "Argo Rollouts",
        measured:
          "Argo Rollouts 1.10 with kube-proxy 1.34 and iptables, on connections that are made anew: shares of 20, 50 and 100 % " +
          "by four replicas, flips, rollbacks, an analysis that fails, and all requests led back past the engine",
      },
    },
  },
};

/** What of a stack's settings the abilities of its router follow from. */
export type RouterSettings = Pick<Settings, "router"> & {
  readonly argoRollouts: Pick<ArgoRolloutsSettings, "routing">;
};

/** What the router of a stack can do. */
export function capabilitiesOf({ router, argoRollouts }: RouterSettings): Capabilities {
  const first = capabilities[router];
  return { ...first, ...first.routed?.[argoRollouts.routing] };
}

/** Whether requests for a service are split: those that come by its route are, and with some routers all others too. */
export function isSplit(settings: RouterSettings, service: Pick<ServiceSettings, "route">): boolean {
  return service.route !== undefined || capabilitiesOf(settings).inside;
}

/** What is said of a feature that a router lacks, with the routers that have it; undefined when it has it. */
export function lacking(settings: RouterSettings, feature: Feature): string | undefined {
  if (capabilitiesOf(settings)[feature]) return undefined;
  const { router, argoRollouts } = settings;
  const by = capabilities[router].routed?.[argoRollouts.routing] && ` by argoRollouts.routing ${argoRollouts.routing}`;
  const able = routerKinds.filter((kind) => kind !== router && capabilities[kind][feature]);
  return `the router ${router} cannot ${features[feature]}${by ?? ""}; leave it out, or set router to ${orList(able)}`;
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}
