import { join } from "node:path";
import { type ClusterConfig, nodeName, tool } from "./config";
import { type Check, http, https, unixSocket } from "./checks";
import { inside } from "./config";
import { network } from "./network";

/** One long-running process of the cluster. */
export interface ProcessSpec {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Holds when the process does its work. */
  readonly ready: Check;
}

/** Files that the supervisor writes before it starts a process. */
export function files(config: ClusterConfig) {
  const at = (name: string): string => join(config.root, name);
  return {
    tokens: at("tokens.csv"),
    tokenValues: at("tokens.json"),
    serviceAccountKey: at("service-account.pem"),
    certificates: at("certificates"),
    authority: at("certificates/apiserver.crt"),
    containerd: at("containerd.toml"),
    cni: at("cni/10-cyan.conflist"),
    kubelet: at("kubelet.yaml"),
    traefik: at("traefik.yaml"),
    prometheus: at("prometheus.yaml"),
    kubeconfigOf: (identity: string): string => at(`${identity}.kubeconfig`),
  };
}

const api = `https://127.0.0.1:${String(network.apiPort)}`;

/** etcd and the API server: what everything else speaks to. */
export function store(config: ClusterConfig): ProcessSpec {
  const client = "http://127.0.0.1:2379";
  const peer = "http://127.0.0.1:2380";
  return {
    name: "etcd",
    argv: [
      tool(config, "etcd"),
      `--data-dir=${join(config.root, "etcd")}`,
      "--unsafe-no-fsync",
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      "--log-level=warn",
    ],
    ready: http(`${client}/health`),
  };
}

export function apiServer(config: ClusterConfig, adminToken: string): ProcessSpec {
  const { tokens, serviceAccountKey, certificates } = files(config);
  return {
    name: "kube-apiserver",
    argv: [
      tool(config, "kube-apiserver"),
      "--etcd-servers=http://127.0.0.1:2379",
      "--bind-address=0.0.0.0",
      `--secure-port=${String(network.apiPort)}`,
      `--advertise-address=${network.node}`,
      `--cert-dir=${certificates}`,
      `--token-auth-file=${tokens}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      `--service-cluster-ip-range=${network.services}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${serviceAccountKey}`,
      `--service-account-signing-key-file=${serviceAccountKey}`,
      "--kubelet-preferred-address-types=InternalIP",
    ],
    ready: https(`${api}/readyz`, adminToken),
  };
}

/** What needs the API server and can start at once when it is ready. */
export function controlPlane(config: ClusterConfig): ProcessSpec[] {
  const { kubeconfigOf, serviceAccountKey, authority } = files(config);
  return [
    {
      name: "kube-controller-manager",
      argv: [
        tool(config, "kube-controller-manager"),
        `--kubeconfig=${kubeconfigOf("kube-controller-manager")}`,
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        // Each controller acts as a service account of its own, which is what the built-in roles are bound to.
        "--use-service-account-credentials",
        `--service-account-private-key-file=${serviceAccountKey}`,
        `--root-ca-file=${authority}`,
      ],
      ready: https("https://127.0.0.1:10257/healthz"),
    },
    {
      name: "kube-scheduler",
      argv: [
        tool(config, "kube-scheduler"),
        `--kubeconfig=${kubeconfigOf("kube-scheduler")}`,
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
      ],
      ready: https("https://127.0.0.1:10259/healthz"),
    },
  ];
}

export function containerRuntime(config: ClusterConfig): ProcessSpec {
  return {
    name: "containerd",
    argv: [tool(config, "containerd"), `--config=${files(config).containerd}`, "--log-level=warn"],
    ready: unixSocket(inside.containerdSocket),
  };
}

/** The node's own processes, and the ingress controller beside it. */
export function node(config: ClusterConfig): ProcessSpec[] {
  const { kubeconfigOf, kubelet, traefik } = files(config);
  return [
    {
      name: "kubelet",
      argv: [
        tool(config, "kubelet"),
        `--config=${kubelet}`,
        `--kubeconfig=${kubeconfigOf("kubelet")}`,
        `--hostname-override=${nodeName}`,
        `--node-ip=${network.node}`,
        `--root-dir=${join(config.root, "kubelet")}`,
      ],
      ready: http("http://127.0.0.1:10248/healthz"),
    },
    {
      name: "kube-proxy",
      argv: [
        tool(config, "kube-proxy"),
        `--kubeconfig=${kubeconfigOf("kube-proxy")}`,
        `--hostname-override=${nodeName}`,
        "--proxy-mode=iptables",
        `--cluster-cidr=${network.pods}`,
        "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
        "--healthz-bind-address=127.0.0.1:10256",
        "--metrics-bind-address=127.0.0.1:10249",
      ],
      ready: http("http://127.0.0.1:10256/healthz"),
    },
    {
      name: "traefik",
      argv: [tool(config, "traefik"), `--configFile=${traefik}`],
      env: { KUBECONFIG: kubeconfigOf("traefik") },
      ready: http(`http://127.0.0.1:${String(network.traefikPort)}/ping`),
    },
  ];
}
