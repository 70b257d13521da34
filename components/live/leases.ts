import { type ClusterSettings } from "../model/settings";
import { ApiError } from "./api";
import { connectApi } from "./connect";

/** A Lease of the cluster, with what is kept on it. */
export interface Lease {
  /** Who holds it; empty for nobody. */
  readonly holder: string;
  /** How long the holder may be silent, in seconds. */
  readonly seconds: number;
  /** When the holder was last heard of. */
  readonly renewed?: Date;
  readonly annotations: Readonly<Record<string, string>>;
  /** Which write this is: the next one names it, and fails when there was another one between. */
  readonly version: string;
}

/** The Leases of one namespace. */
export interface Leases {
  read(name: string): Promise<Lease | undefined>;
  /**
   * Writes a Lease that does not exist (`version` is empty), or that nobody has written since it was read.
   *
   * @returns the Lease as it is now; undefined when someone else was first.
   */
  write(name: string, lease: Lease): Promise<Lease | undefined>;
  /** Calls back at each change, and whenever a watch begins, until the signal fires. */
  watch(name: string, changed: () => void, signal: AbortSignal): Promise<void>;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1 */
interface LeaseObject {
  readonly apiVersion: "coordination.k8s.io/v1";
  readonly kind: "Lease";
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
  };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    /** RFC 3339, with microseconds. */
    readonly renewTime?: string;
  };
}

/**
 * The Leases of a namespace, on the cluster that the Kubernetes provider works on.
 *
 * @throws Error when there is no such kubeconfig or context.
 */
export async function connectLeases(namespace: string, settings: ClusterSettings): Promise<Leases> {
  const api = await connectApi(settings);
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  return {
    read: (name) => unless(404, async () => leaseOf(await api.ask<LeaseObject>(`${path}/${name}`))),
    write: (name, lease) =>
      unless(409, async () => {
        const body = bodyOf(name, lease);
        return leaseOf(
          lease.version === ""
            ? await api.ask<LeaseObject>(path, { method: "POST", body })
            : await api.ask<LeaseObject>(`${path}/${name}`, { method: "PUT", body }),
        );
      }),
    watch: (name, changed, signal) => api.watch(path, { fieldSelector: `metadata.name=${name}` }, changed, signal),
  };
}

/** Undefined when the API server answers with this status. */
async function unless<T>(status: number, asking: () => Promise<T>): Promise<T | undefined> {
  try {
    return await asking();
  } catch (error) {
    if (error instanceof ApiError && error.code === status) return undefined;
    throw error;
  }
}

function leaseOf({ metadata, spec }: LeaseObject): Lease {
  return {
    holder: spec?.holderIdentity ?? "",
    seconds: spec?.leaseDurationSeconds ?? 0,
    ...(spec?.renewTime !== undefined && { renewed: new Date(spec.renewTime) }),
    annotations: metadata.annotations ?? {},
    version: metadata.resourceVersion ?? "",
  };
}

function bodyOf(name: string, lease: Lease): LeaseObject {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name,
      annotations: lease.annotations,
      labels: { "app.kubernetes.io/managed-by": "cyan" },
      ...(lease.version !== "" && { resourceVersion: lease.version }),
    },
    spec: {
      holderIdentity: lease.holder,
      leaseDurationSeconds: lease.seconds,
      ...(lease.renewed && { renewTime: lease.renewed.toISOString().replace("Z", "000Z") }),
    },
  };
}
