import type { KubeConfig, V1Job } from "@kubernetes/client-node";
import { type ClusterSettings } from "../model/settings";
import { type Cluster, type ObjectKind } from "./cluster";
import { getPath } from "./proxy";
import { watchChanges } from "./watch";

type Client = Awaited<ReturnType<typeof loadClient>>;

/** The client takes half a second to load: it is wanted only where a cluster is. */
export function loadClient() {
  return import("@kubernetes/client-node");
}

/** How long one request may take: a cluster that does not answer must not hold up a preview. */
const requestTimeout = 10;

/**
 * The cluster that the Kubernetes provider works on: `kubernetes:kubeconfig` and `kubernetes:context` of the stack's
 * config, else KUBECONFIG, else the default file.
 *
 * @throws Error when there is no such kubeconfig or context.
 */
export async function connect(namespace: string, settings: ClusterSettings): Promise<Cluster> {
  const { client, config } = await loadKubeConfig(settings);
  return clusterOf(client, config, namespace);
}

/**
 * The kubeconfig that `connect` uses, with the client that reads it, for what is not live traffic.
 *
 * @throws Error when there is no such kubeconfig or context.
 */
export async function loadKubeConfig(settings: ClusterSettings): Promise<{ client: Client; config: KubeConfig }> {
  const client = await loadClient();
  return { client, config: load(client, settings) };
}

export function load(client: Client, { kubeconfig, context }: ClusterSettings): KubeConfig {
  const config = new client.KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else if (/^\s*[{\w]+:|^\s*\{/.test(kubeconfig)) config.loadFromString(kubeconfig);
  else config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  if (config.getCurrentCluster() === null) throw new Error(`the kubeconfig has no context ${config.currentContext}`);
  return config;
}

function clusterOf(client: Client, config: KubeConfig, namespace: string): Cluster {
  const timeoutSeconds = requestTimeout;
  const generic = anyKind(client, config, namespace);
  const core = config.makeApiClient(client.CoreV1Api);
  const apps = config.makeApiClient(client.AppsV1Api);
  const discovery = config.makeApiClient(client.DiscoveryV1Api);
  return {
    objects: generic.objects,
    patch: generic.patch,
    namespace: async () => {
      try {
        return await core.readNamespace({ name: namespace });
      } catch (error) {
        if (error instanceof client.ApiException && error.code === 404) return undefined;
        if (error instanceof client.ApiException && error.code === 403) return {};
        throw error;
      }
    },
    services: async () => (await core.listNamespacedService({ namespace, timeoutSeconds })).items,
    deployments: async () => (await apps.listNamespacedDeployment({ namespace, timeoutSeconds })).items,
    endpointSlices: async () => (await discovery.listNamespacedEndpointSlice({ namespace, timeoutSeconds })).items,
    pods: async (labels) => {
      const labelSelector = Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(",");
      return (await core.listNamespacedPod({ namespace, labelSelector, timeoutSeconds })).items;
    },
    podsEverywhere: async (labelSelector) =>
      (await core.listPodForAllNamespaces({ labelSelector, timeoutSeconds })).items,
    watchEndpoints: (changed, signal) => {
      const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
      return watchChanges(client, config, { path }, changed, signal);
    },
    get: (service, port, path, signal) =>
      getPath(config, `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${path}`, signal),
    ...jobsOf(client, config, namespace),
  };
}

/** What a gate's Job needs. */
function jobsOf(
  client: Client,
  config: KubeConfig,
  namespace: string,
): Pick<Cluster, "createJob" | "job" | "watchJob" | "log"> {
  const batch = config.makeApiClient(client.BatchV1Api);
  const core = config.makeApiClient(client.CoreV1Api);
  return {
    createJob: async (job) => {
      const body: V1Job = Object.assign(new client.V1Job(), { apiVersion: "batch/v1", kind: "Job", ...job });
      const { metadata } = await batch.createNamespacedJob({ namespace, fieldManager, body });
      return metadata?.name ?? "";
    },
    job: (name) => batch.readNamespacedJob({ name, namespace }),
    watchJob: (name, changed, signal) => {
      const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
      return watchChanges(client, config, { path, fieldSelector: `metadata.name=${name}` }, changed, signal);
    },
    log: (name, tailLines) => core.readNamespacedPodLog({ name, namespace, tailLines }),
  };
}

/** Who the API server says has written what was moved past the engine. */
const fieldManager = "cyan";

/** Objects of kinds that the client has no method for, such as custom resources. */
function anyKind(client: Client, config: KubeConfig, namespace: string): Pick<Cluster, "objects" | "patch"> {
  class AnyKind extends client.KubernetesObjectApi {
    /** Whether the API server serves the kind. */
    async serves({ apiVersion, kind }: ObjectKind): Promise<boolean> {
      try {
        return (await this.resource(apiVersion, kind)) !== undefined;
      } catch (error) {
        if (error instanceof client.ApiException && error.code === 404) return false;
        throw error;
      }
    }
  }
  const api = config.makeApiClient(AnyKind);
  return {
    objects: async (kind) => {
      if (!(await api.serves(kind))) return undefined;
      const { items } = await api.list(kind.apiVersion, kind.kind, namespace);
      return items;
    },
    patch: async (kind, name, change) => {
      const body = { ...kind, ...change, metadata: { ...change.metadata, name, namespace } };
      await api.patch(body, undefined, undefined, fieldManager, undefined, client.PatchStrategy.MergePatch);
    },
  };
}
