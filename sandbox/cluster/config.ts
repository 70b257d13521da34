import { dirname } from "node:path";
import { stringify } from "yaml";
import { type AddonName } from "../toolchain/addons";
import { network } from "./network";

/** What the supervisor needs to know; written by `up`, read inside the namespace. */
export interface ClusterConfig {
  readonly root: string;
  readonly sockets: string;
  readonly status: string;
  readonly logs: string;
  readonly kubeconfig: string;
  readonly cgroup: string;
  /** Port of the host on 127.0.0.1 that leads to the API server. */
  readonly apiPort: number;
  /** Path of each binary, by name. */
  readonly tools: Readonly<Record<string, string>>;
  /** Archives to import, by the name of an image that each holds. */
  readonly images: Readonly<Record<string, string>>;
  readonly addons: readonly AddonName[];
}

/** Ports of the host on 127.0.0.1, besides the API server's, that lead into the cluster. */
export interface HostPorts {
  readonly ingressPort: number;
  readonly prometheusPort: number;
}

/** Folders and sockets that only exist inside the mount namespace. */
export const inside = {
  containerdState: "/run/containerd",
  containerdSocket: "/run/containerd/containerd.sock",
} as const;

export const nodeName = "cyan";

/** containerd's config: its own root, runc, our pause image, and no change of the OOM score, which needs a capability. */
export function containerdToml(config: ClusterConfig): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${config.root}/containerd"
state = "${inside.containerdState}"

[grpc]
  address = "${inside.containerdSocket}"

[${cri}]
  sandbox_image = "cyan.local/pause:1"
  restrict_oom_score_adj = true

[${cri}.containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"

[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[${cri}.containerd.runtimes.runc.options]
  BinaryName = "${tool(config, "runc")}"

[${cri}.cni]
  bin_dir = "${dirname(tool(config, "cni/bridge"))}"
  conf_dir = "${config.root}/cni"
`;
}

/**
 * The kubelet's config. Anyone inside the namespace may speak to it: the API server has no client certificate here, and
 * nothing outside the namespace reaches it.
 */
export function kubeletYaml(config: ClusterConfig): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: network.node,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${config.cgroup}`,
    containerRuntimeEndpoint: `unix://${inside.containerdSocket}`,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    healthzBindAddress: "127.0.0.1",
    localStorageCapacityIsolation: false,
    // A pod's first probe and its readiness reach the API server without a status period in between.
    nodeStatusUpdateFrequency: "10s",
    podLogsDir: "/var/log/pods",
    resolvConf: "",
    syncFrequency: "10s",
    volumePluginDir: `${config.root}/kubelet/volumeplugins`,
  });
}

/** Upper bounds of latencies in seconds: finer than Traefik's own, which cannot tell 10 ms from 90. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5];

/** Traefik's config: every provider that a router writes for, Prometheus metrics, and a port of its own for health and metrics. */
export function traefikYaml(): string {
  return stringify({
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    entryPoints: {
      web: { address: `:${String(network.ingressPort)}` },
      traefik: { address: `127.0.0.1:${String(network.traefikPort)}` },
    },
    providers: {
      providersThrottleDuration: "100ms",
      kubernetesIngressNGINX: { ingressClass: "nginx", publishStatusAddress: ["127.0.0.1"] },
      kubernetesGateway: { throttleDuration: "100ms" },
      // A color without pods, which a route names at weight 0, must not take the route away.
      kubernetesCRD: { throttleDuration: "100ms", allowEmptyServices: true, safeNaming: true },
    },
    ping: { entryPoint: "traefik" },
    metrics: { prometheus: { entryPoint: "traefik", addServicesLabels: true, addRoutersLabels: true, buckets } },
    log: { level: "INFO" },
  });
}

/**
 * The path of a binary.
 *
 * @throws Error when the toolchain lacks it, which `up` has excluded.
 */
export function tool(config: ClusterConfig, name: string): string {
  const path = config.tools[name];
  if (path === undefined) throw new Error(`the toolchain has no ${name}`);
  return path;
}
