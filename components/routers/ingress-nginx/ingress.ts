import { type KubernetesObject, type ObjectKind } from "../../live/cluster";

export const ingressKind: ObjectKind = { apiVersion: "networking.k8s.io/v1", kind: "Ingress" };

interface IngressPath {
  readonly path?: string;
  readonly pathType?: string;
  readonly backend: { readonly service?: { readonly name: string } };
}

/** The parts of an Ingress that traffic goes by. */
export interface Ingress extends KubernetesObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
    readonly rules?: readonly { readonly host?: string; readonly http?: { readonly paths: readonly IngressPath[] } }[];
  };
}
