import { type Color } from "./color";
import { type Duration } from "./duration";
import { type Peer } from "./peer";
import { type RolloutSettings } from "./rollout";
import { type Traffic } from "./traffic";

/** The technologies that can split requests between the colors. */
export const routerKinds = [
  "ingress-nginx",
  "service",
  "replicas",
  "gateway-api",
  "traefik",
  "f5-nginx",
  "aws-alb",
  "istio",
  "linkerd",
  "argo-rollouts",
] as const;
export type RouterKind = (typeof routerKinds)[number];

/** Ingress controllers that the stack can install beside the release. */
export const installChoices = ["none", "ingress-nginx", "traefik"] as const;
export type InstallChoice = (typeof installChoices)[number];

/** How Argo Rollouts brings out another version: by shares, or as a whole. */
export const argoStrategies = ["canary", "blue-green"] as const;

/** What Argo Rollouts splits requests by: an Ingress of its own, or the ratio of pods. */
export const argoRoutings = ["ingress-nginx", "replicas"] as const;

/** What the router argo-rollouts is told besides the traffic. */
export interface ArgoRolloutsSettings {
  readonly routing: (typeof argoRoutings)[number];
  readonly strategy: (typeof argoStrategies)[number];
  /** What judges a version while it has a share. */
  readonly analysis?: ArgoAnalysis;
  /** What judges a version before and after it is exchanged for the one that serves. */
  readonly prePromotionAnalysis?: ArgoAnalysis;
  readonly postPromotionAnalysis?: ArgoAnalysis;
  /** AnalysisTemplates that the stack makes, by name: their specs. */
  readonly analysisTemplates: Readonly<Record<string, object>>;
}

/** An analysis as a Rollout names it, field by field: https://argo-rollouts.readthedocs.io/en/stable/features/analysis/ */
export interface ArgoAnalysis {
  readonly templates: readonly { readonly templateName: string; readonly clusterScope?: boolean }[];
  readonly args?: readonly ({ readonly name: string } & (
    | { readonly value: string }
    | {
        readonly valueFrom:
          | { readonly podTemplateHashValue: "Stable" | "Latest" }
          | { readonly fieldRef: { readonly fieldPath: string } };
      }
  ))[];
}

/** Everything a stack declares: config, checked and completed with defaults. */
export interface Settings {
  readonly traffic: Traffic;
  readonly router: RouterKind;
  /** Kubernetes namespace of the release; made by the stack if `createNamespace` says so. */
  readonly namespace: string;
  /** Whether the namespace is the stack's, unless it is `default`. */
  readonly createNamespace: boolean;
  readonly services: readonly ServiceSettings[];
  readonly canary: CanarySettings;
  readonly argoRollouts: ArgoRolloutsSettings;
  /** Replicas of each idle environment at weight 0: all of its own, or at most this many; 0 where the router keeps none. */
  readonly standby: Standby;
  readonly install: InstallChoice;
  /** How long one Deployment may take to become ready before the update fails. */
  readonly readyTimeout: Duration;
  /** The cluster that the Kubernetes provider is told to work on. */
  readonly cluster: ClusterSettings;
  readonly gate: GateSettings;
  /** How long a color that lost its share keeps its pods before it shrinks. */
  readonly drain: Duration;
  /** Whether the image of the color that serves may be changed under its users. */
  readonly allowActiveChange: boolean;
  /** How `cyan rollout` goes about a release; the program itself has no use for it. */
  readonly rollout: RolloutSettings;
  /** Whether live objects that Cyan did not make are taken over, where they have the names of the release's. */
  readonly adopt: boolean;
  /** Whether everything keeps running when the stack is destroyed. */
  readonly retainOnDelete: boolean;
  /** What each color of a service is told in secret, by service. */
  readonly secrets: Readonly<Record<string, Readonly<Record<Color, SecretSettings>>>>;
  /** What `cyan` shows to who asks it for a credential, by name: never to be printed. The program has no use for it. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Absent where anyone may call the pods. */
  readonly networkPolicy?: NetworkPolicySettings;
  /** True when the config that holds the services is a secret; their variables and files are then in `secrets`. */
  readonly secretServices: boolean;
}

/** `kubernetes:kubeconfig` and `kubernetes:context` of the stack's config; absent for the machine's own. */
export interface ClusterSettings {
  /** A path, or the text of a kubeconfig. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** What has to hold before any route moves. */
export interface GateSettings {
  /** The fewest ready endpoints of a color that gets requests. */
  readonly minReady: number;
  /** How long to wait for them before nothing is moved. */
  readonly timeout: Duration;
  /** Move even when a gate does not hold. */
  readonly force: boolean;
  /** Absent where no answer of a color is looked at. */
  readonly http?: HttpGateSettings;
  /** Absent where nothing is run. */
  readonly job?: JobGateSettings;
}

/** How a color has to answer before its first share, and before a flip to it. */
export interface HttpGateSettings {
  /** By service; one that is not asked has no entry. */
  readonly checks: Readonly<Record<string, HttpCheck>>;
  /** From one request to the next. */
  readonly period: Duration;
  /** How long to go on asking before nothing is moved. */
  readonly timeout: Duration;
}

/** A request with GET, and the answer that is expected. */
export interface HttpCheck {
  /** Path of the URL, with its query. */
  readonly path: string;
  /** Status code. */
  readonly status: number;
  /** A text that the body has in it. */
  readonly contains?: string;
}

/** A Job that has to succeed before a color gets its first share, and before a flip to it. */
export interface JobGateSettings {
  readonly image: string;
  readonly imagePullPolicy: WorkloadSettings["imagePullPolicy"];
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly resources: ResourceSettings;
  /** Numeric user; the image's own when absent. */
  readonly runAsUser?: number;
  /** How long all its tries may take. */
  readonly timeout: Duration;
  /** How often it is tried again after a failure. */
  readonly backoff: number;
}

export type Standby = "all" | number;

/** One service of the release, in both colors. */
export interface ServiceSettings {
  /** Name of the Kubernetes objects, a DNS label. */
  readonly name: string;
  /** Port of the Services. */
  readonly port: number;
  /** Where the service is reached from outside; absent for a service that only callers inside the cluster use. */
  readonly route?: RouteSettings;
  readonly expose: ExposeSettings;
  readonly workloads: Readonly<Record<Color, WorkloadSettings>>;
}

/** How the Service that is called like its service is reached. */
export interface ExposeSettings {
  readonly type: "ClusterIP" | "NodePort" | "LoadBalancer";
  /** Annotations of the Service, such as those of a cloud's load balancer. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Port of every node; one that Kubernetes chooses when absent. */
  readonly nodePort?: number;
}

/** A place on an ingress controller. */
export interface RouteSettings {
  readonly host: string;
  /** Prefix of the URL path. */
  readonly path: string;
  readonly className: string;
  /** The Gateway that leads to the service; absent where the router has none. */
  readonly gateway?: GatewaySettings;
  /** Name of the TLS secret for the host; absent for plain HTTP. */
  readonly tlsSecret?: string;
  /** Annotations added to the main Ingress, and to the canary Ingress where they are no canary annotations. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Host that always shows the idle color. */
  readonly previewHost?: string;
}

/** A Gateway of the Gateway API, or of Istio. */
export interface GatewaySettings {
  readonly name: string;
  /** The release's own when absent. */
  readonly namespace?: string;
}

/** Who reaches the idle color besides the share that `canaryWeight` gives it. */
export interface CanarySettings {
  /** Request header; `always` and `never` choose the color unless `headerValue` or `headerPattern` is set. */
  readonly header?: string;
  readonly headerValue?: string;
  /** RE2 pattern of the header's value. */
  readonly headerPattern?: string;
  /** Cookie whose value `always` or `never` chooses the color. */
  readonly cookie?: string;
  /** Percent of the requests that are sent to the idle color as well, where the answers are thrown away. */
  readonly mirror: number;
  /** What a weight is a part of; at least 100. `canaryWeight` is scaled to it. */
  readonly weightTotal: number;
  /** Keeps a user on the color that the first request got. */
  readonly affinity?: AffinitySettings;
}

/** Sessions by a cookie of the controller's own. */
export interface AffinitySettings {
  /** What the cookie's name begins with; the active color's follows, so that a flip begins all sessions anew. */
  readonly cookie: string;
  /** How long the browser keeps it; as long as it is open when absent. */
  readonly maxAge?: Duration;
}

/** What one color of one service is told in secret. */
export interface SecretSettings {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Texts by the absolute path at which the container finds them. */
  readonly files: Readonly<Record<string, string>>;
}

/** Who may call the pods of both colors, and whom they may call. */
export interface NetworkPolicySettings {
  readonly from: readonly Peer[];
  /** Whether the pods of the release's own namespace may call too. */
  readonly sameNamespace: boolean;
  /** Absent when they may call anyone; name servers may always be called. */
  readonly to?: readonly Peer[];
}

/** What one color of one service runs. */
export interface WorkloadSettings {
  readonly image: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Texts by the absolute path at which the container finds them. */
  readonly files: Readonly<Record<string, string>>;
  /** Port of the container; the Services' `port` leads to it. */
  readonly containerPort: number;
  /** Replicas while the color serves. Left to the autoscaler where there is one. */
  readonly replicas: number;
  readonly autoscaling?: AutoscalingSettings;
  readonly resources: ResourceSettings;
  readonly probes: ProbesSettings;
  readonly securityContext: SecurityContextSettings;
  readonly serviceAccount: ServiceAccountSettings;
  /** How long a pod has to be ready before it counts: one that dies at once then never takes traffic. */
  readonly readyFor: Duration;
  /** From the stop signal to the kill. */
  readonly terminationGrace: Duration;
  /** How long a pod goes on serving after it was taken out of the endpoints. */
  readonly preStop: Duration;
}

export interface AutoscalingSettings {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Target of CPU use, in percent of the request. */
  readonly cpuUtilization: number;
}

export interface ResourceSettings {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export interface ProbesSettings {
  readonly readiness: ProbeSettings;
  readonly liveness: ProbeSettings;
  readonly startup: ProbeSettings;
}

/** An HTTP probe on the container's port. */
export interface ProbeSettings {
  readonly path: string;
  readonly period: Duration;
  readonly timeout: Duration;
  readonly failureThreshold: number;
}

export interface SecurityContextSettings {
  readonly runAsNonRoot: boolean;
  /** Numeric user; the image's own when absent. */
  readonly runAsUser?: number;
  readonly readOnlyRootFilesystem: boolean;
}

/** The account that the pods of a color run as. */
export interface ServiceAccountSettings {
  /** What a cloud's workload identity goes by. */
  readonly annotations: Readonly<Record<string, string>>;
}
