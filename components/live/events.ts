import { type ClusterSettings } from "../model/settings";
import { ApiError } from "./api";
import { type Cluster, type Metadata, serviceKind } from "./cluster";
import { connectApi } from "./connect";
import { type LiveRouter } from "./router";

/** An object that an Event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Tells it from another one that had its name: without it no one finds the Event. */
  readonly uid: string;
}

/** What happened to an object. https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
export interface ClusterEvent {
  readonly regarding: ObjectReference;
  readonly type: "Normal" | "Warning";
  /** Why, as machines have it: `TrafficMoved`. */
  readonly reason: string;
  /** What was done, as machines have it: `MoveTraffic`. */
  readonly action: string;
  /** For people; at most 1024 bytes. */
  readonly note: string;
  readonly at: Date;
  /** Who reports it; at most 128 characters. */
  readonly instance: string;
}

/** The Events of a namespace. */
export interface ClusterEvents {
  /** False when the API server does not let us. Rejects when there is no answer, or another one. */
  create(event: ClusterEvent): Promise<boolean>;
}

/** The objects that give main traffic of these services, as they are now; none for a service without a route. */
export async function mainRoutes(
  cluster: Cluster,
  router: LiveRouter,
  services: readonly string[],
): Promise<ObjectReference[]> {
  const mains = services.flatMap((name) => router.trafficObjects(name).filter(({ gives }) => gives === "main"));
  const kinds = [serviceKind, ...router.kinds].filter(({ kind }) => mains.some((main) => main.kind === kind));
  const found = await Promise.all(
    kinds.map(async ({ apiVersion, kind }) => {
      const objects: readonly { readonly metadata?: Metadata }[] =
        kind === serviceKind.kind ? await cluster.services() : ((await cluster.objects({ apiVersion, kind })) ?? []);
      return objects.flatMap(({ metadata: { name = "", uid } = {} }) =>
        uid !== undefined && mains.some((main) => main.kind === kind && main.name === name)
          ? [{ apiVersion, kind, name, uid }]
          : [],
      );
    }),
  );
  return found.flat();
}

/**
 * The Events of a namespace, on the cluster that the Kubernetes provider works on.
 *
 * @throws Error when there is no such kubeconfig or context.
 */
export async function connectEvents(namespace: string, settings: ClusterSettings): Promise<ClusterEvents> {
  const api = await connectApi(settings);
  const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
  return {
    async create({ regarding, at, instance, ...event }) {
      const body = {
        ...{ apiVersion: "events.k8s.io/v1", kind: "Event" },
        metadata: { generateName: `${regarding.name}-`, namespace },
        regarding: { ...regarding, namespace },
        ...event,
        // RFC 3339, with microseconds.
        eventTime: at.toISOString().replace("Z", "000Z"),
        reportingController: "cyan.dev/driver",
        reportingInstance: instance,
      };
      try {
        await api.ask(path, { method: "POST", body });
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.code === 403) return false;
        throw error;
      }
    },
  };
}
