import { setTimeout } from "node:timers/promises";
import type { V1Lease } from "@kubernetes/client-node";
import { type ClusterSettings } from "../model/settings";
import { load, loadClient } from "./connect";

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

/** Milliseconds between two watches. */
const watchPause = 250;

/**
 * The Leases of a namespace, on the cluster that the Kubernetes provider works on.
 *
 * @throws Error when there is no such kubeconfig or context.
 */
export async function connectLeases(namespace: string, settings: ClusterSettings): Promise<Leases> {
  const client = await loadClient();
  const config = load(client, settings);
  const api = config.makeApiClient(client.CoordinationV1Api);
  const status = (error: unknown): number | undefined =>
    error instanceof client.ApiException ? error.code : undefined;
  return {
    async read(name) {
      try {
        return leaseOf(await api.readNamespacedLease({ namespace, name }));
      } catch (error) {
        if (status(error) === 404) return undefined;
        throw error;
      }
    },
    async write(name, lease) {
      const body = bodyOf(name, lease, client);
      try {
        return leaseOf(
          lease.version === ""
            ? await api.createNamespacedLease({ namespace, body })
            : await api.replaceNamespacedLease({ namespace, name, body }),
        );
      } catch (error) {
        if (status(error) === 409) return undefined;
        throw error;
      }
    },
    async watch(name, changed, signal) {
      const watch = new client.Watch(config);
      const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
      while (!signal.aborted) {
        // What changed before the watch began, or between two of them, is asked for by the caller.
        changed();
        await new Promise<void>((resolve) => {
          const ended = (): void => {
            resolve();
          };
          watch.watch(path, { fieldSelector: `metadata.name=${name}` }, changed, ended).then((request) => {
            if (signal.aborted) request.abort();
            signal.addEventListener("abort", () => {
              request.abort();
            });
          }, ended);
          signal.addEventListener("abort", ended);
        });
        // A server that ends a watch at once, or does not answer, is not asked all the time.
        await setTimeout(watchPause, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

function leaseOf({ metadata, spec }: V1Lease): Lease {
  return {
    holder: spec?.holderIdentity ?? "",
    seconds: spec?.leaseDurationSeconds ?? 0,
    ...(spec?.renewTime && { renewed: new Date(spec.renewTime) }),
    annotations: metadata?.annotations ?? {},
    version: metadata?.resourceVersion ?? "",
  };
}

function bodyOf(name: string, lease: Lease, client: Awaited<ReturnType<typeof loadClient>>): V1Lease {
  return Object.assign(new client.V1Lease(), {
    metadata: Object.assign(new client.V1ObjectMeta(), {
      name,
      annotations: { ...lease.annotations },
      labels: { "app.kubernetes.io/managed-by": "cyan" },
      ...(lease.version !== "" && { resourceVersion: lease.version }),
    }),
    spec: Object.assign(new client.V1LeaseSpec(), {
      holderIdentity: lease.holder,
      leaseDurationSeconds: lease.seconds,
      ...(lease.renewed && { renewTime: new client.V1MicroTime(lease.renewed) }),
    }),
  });
}
