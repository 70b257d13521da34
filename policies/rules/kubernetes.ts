/** The parts of Kubernetes' objects that rules look at, as they are declared. */

export const deploymentType = "kubernetes:apps/v1:Deployment";
export const ingressType = "kubernetes:networking.k8s.io/v1:Ingress";
export const httpRouteType = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute";
export const budgetType = "kubernetes:policy/v1:PodDisruptionBudget";

export interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
}

export interface Container {
  readonly name?: string;
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: SecurityContext;
}

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: SecurityContext;
  readonly volumes?: readonly { readonly name?: string; readonly hostPath?: object }[];
  readonly topologySpreadConstraints?: readonly object[];
}

export interface Deployment {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: { readonly metadata?: Metadata; readonly spec?: PodSpec };
  };
}

export interface Ingress {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: Backend;
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: { readonly paths?: readonly { readonly path?: string; readonly backend?: Backend }[] };
    }[];
  };
}

export interface HttpRoute {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly hostnames?: readonly string[];
    readonly rules?: readonly { readonly matches?: readonly { readonly path?: { readonly value?: string } }[] }[];
  };
}

interface Backend {
  readonly service?: { readonly name?: string };
}

export interface DisruptionBudget {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
  };
}

/** What a message calls an object. */
export function nameOf({ metadata }: { readonly metadata?: Metadata }): string {
  return metadata?.name ?? "an object without a name";
}

/** All containers of a pod, in the order in which they start. */
export function containersOf({ spec }: Deployment): Container[] {
  const pod = spec?.template?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}

/** Whether an Ingress is another's canary, by the annotation that ingress-nginx and Traefik read. */
export function isCanary({ metadata }: Ingress): boolean {
  return metadata?.annotations?.["nginx.ingress.kubernetes.io/canary"] === "true";
}
