import { type ClusterSettings } from "../model/settings";
import { Api, ApiError } from "./api";
import {
  type Cluster,
  type Deployment,
  type EndpointSlice,
  type Job,
  type KubernetesObject,
  type ObjectKind,
  type Pod,
  type Service,
} from "./cluster";
import { readAccess } from "./kubeconfig";

/** Who the API server says has written what was moved past the engine. */
const fieldManager = "cyan";

/** A list ends at the server, too, when nobody waits for it any more. */
const limit = { timeoutSeconds: "10" };

/**
 * One namespace of the cluster that the Kubernetes provider works on.
 *
 * @throws Error when there is no such kubeconfig or context.
 */
export async function connect(namespace: string, settings: ClusterSettings): Promise<Cluster> {
  const api = await connectApi(settings);
  const within = `/namespaces/${namespace}`;
  const core = `/api/v1${within}`;
  const slices = `/apis/discovery.k8s.io/v1${within}/endpointslices`;
  return {
    ...anyKind(api, namespace),
    ...jobsOf(api, namespace),
    namespace: async () => {
      try {
        return await api.ask<KubernetesObject>(`/api/v1${within}`);
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return undefined;
        if (error instanceof ApiError && error.code === 403) return {};
        throw error;
      }
    },
    services: () => api.list<Service>(`${core}/services`, limit),
    deployments: () => api.list<Deployment>(`/apis/apps/v1${within}/deployments`, limit),
    endpointSlices: () => api.list<EndpointSlice>(slices, limit),
    pods: (labels) => {
      const labelSelector = Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(",");
      return api.list<Pod>(`${core}/pods`, { labelSelector, ...limit });
    },
    podsEverywhere: (labelSelector) => api.list<Pod>("/api/v1/pods", { labelSelector, ...limit }),
    watchEndpoints: (changed, signal) => api.watch(slices, {}, changed, signal),
    get: (service, port, path, signal) => api.get(`${core}/services/${service}:${port}/proxy${path}`, signal),
  };
}

/** The API server that `connect` asks, for what is not live traffic. */
export async function connectApi(settings: ClusterSettings): Promise<Api> {
  return new Api(await readAccess(settings));
}

/** What a gate's Job needs. */
function jobsOf(api: Api, namespace: string): Pick<Cluster, "createJob" | "job" | "watchJob" | "log"> {
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  return {
    createJob: async (job) => {
      const body = { apiVersion: "batch/v1", kind: "Job", ...job };
      const { metadata } = await api.ask<Job>(jobs, { method: "POST", query: { fieldManager }, body });
      return metadata?.name ?? "";
    },
    job: (name) => api.ask<Job>(`${jobs}/${name}`),
    watchJob: (name, changed, signal) => api.watch(jobs, { fieldSelector: `metadata.name=${name}` }, changed, signal),
    log: (pod, lines) => api.text(`/api/v1/namespaces/${namespace}/pods/${pod}/log`, { tailLines: String(lines) }),
  };
}

/** Objects of the kinds that routers name. */
function anyKind(api: Api, namespace: string): Pick<Cluster, "objects" | "patch" | "watch"> {
  const pathTo = async (kind: ObjectKind, name?: string): Promise<string> => {
    const path = await api.pathOf(kind, { namespace, ...(name !== undefined && { name }) });
    if (path === undefined) throw new Error(`the cluster does not know ${kind.kind} of ${kind.apiVersion}`);
    return path;
  };
  return {
    objects: async (kind: ObjectKind) => {
      const path = await api.pathOf(kind, { namespace });
      return path === undefined ? undefined : api.list<KubernetesObject>(path, limit);
    },
    patch: async (kind, name, change) => {
      const contentType = "application/merge-patch+json";
      await api.ask(await pathTo(kind, name), { method: "PATCH", query: { fieldManager }, body: change, contentType });
    },
    watch: async (kind, changed, signal) => api.watch(await pathTo(kind), {}, changed, signal),
  };
}
