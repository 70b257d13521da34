import { join } from "node:path";
import { stringify } from "yaml";
import { type Addon } from "./addon";
import { http } from "./checks";
import { type ClusterConfig, tool } from "./config";
import { network } from "./network";
import { files, type ProcessSpec } from "./processes";

const namespace = "istio-system";
const gateway = { istio: "edge" };
/** The namespace of a caller that has a sidecar. */
const callers = "meshed";
const local = "127.0.0.1";

const read = ["get", "list", "watch"];

/** What istiod reads, and the statuses that it writes; it injects nothing and signs no certificates here. */
const rules = [
  {
    apiGroups: [""],
    resources: ["pods", "nodes", "services", "namespaces", "endpoints", "configmaps", "secrets"],
    verbs: read,
  },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: read },
  { apiGroups: ["admissionregistration.k8s.io"], resources: ["*"], verbs: read },
  {
    apiGroups: ["networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io"],
    resources: ["*"],
    verbs: [...read, "update", "patch"],
  },
  { apiGroups: ["gateway.networking.k8s.io"], resources: ["*"], verbs: [...read, "create", "update", "patch"] },
];

/** Istio's own Gateway and one of the Gateway API, both on the same Envoy; and what a caller's sidecar is told of. */
const settings = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  { apiVersion: "v1", kind: "Namespace", metadata: { name: callers } },
  {
    apiVersion: "networking.istio.io/v1",
    kind: "Sidecar",
    metadata: { name: "default", namespace: callers },
    // It has a port of the loopback for each port of these Services, some of which others have in the whole cluster.
    spec: { egress: [{ hosts: ["cyan-dev/*"] }] },
  },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "istiod" }, rules },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "edge", namespace },
    spec: { selector: gateway, ports: [{ name: "http", port: 80, targetPort: network.istioPort }] },
  },
  {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name: "edge", namespace },
    spec: { selector: gateway, servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }] },
  },
  {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "edge", namespace },
    spec: {
      gatewayClassName: "istio",
      // It has this Envoy already: istiod is to make no Deployment for it.
      addresses: [{ type: "Hostname", value: `edge.${namespace}.svc.cluster.local` }],
      listeners: [{ name: "web", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }],
    },
  },
];

/**
 * What istiod does not send, since Envoy as its own project builds it lacks Istio's filters: metadata exchange, statistics
 * and ALPN. Mutual TLS is left out as well: an Envoy without Istio's agent has no certificates.
 */
const plainEnvoy = {
  PILOT_DISABLE_MX_ALPN: "true",
  PILOT_ENABLE_ALPN_FILTER: "false",
  PILOT_ENABLE_METADATA_EXCHANGE: "false",
  PILOT_ENABLE_TELEMETRY_LABEL: "false",
  ENABLE_CA_SERVER: "false",
};

function at(config: ClusterConfig) {
  return {
    mesh: join(config.root, "istio-mesh.yaml"),
    gateway: join(config.root, "istio-gateway.yaml"),
    caller: join(config.root, "istio-caller.yaml"),
  };
}

/** What an Envoy tells istiod of itself. */
interface Proxy {
  readonly kind: "router" | "sidecar";
  readonly name: string;
  readonly namespace: string;
  readonly metadata: object;
  readonly adminPort: number;
}

const edge: Proxy = {
  kind: "router",
  name: "edge",
  namespace,
  metadata: { LABELS: gateway },
  adminPort: network.istioAdminPort,
};

/** The sidecar of a caller that runs on the node. Requests are not captured: they are sent to a port of its own. */
const caller: Proxy = {
  kind: "sidecar",
  name: "caller",
  namespace: callers,
  metadata: { INTERCEPTION_MODE: "NONE" },
  adminPort: network.istioCallerAdminPort,
};

/** An Envoy's config: who it is, and that istiod tells it the rest. */
function bootstrap({ kind, name, namespace, metadata, adminPort }: Proxy): string {
  const listen = (port: number) => ({ socket_address: { address: local, port_value: port } });
  const source = { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" };
  const http2 = {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: { http2_protocol_options: {} },
  };
  return stringify({
    node: {
      id: `${kind}~${network.node}~${name}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${name}.${namespace}`,
      metadata: { NAMESPACE: namespace, CLUSTER_ID: "Kubernetes", ...metadata },
    },
    admin: { address: listen(adminPort) },
    dynamic_resources: {
      lds_config: source,
      cds_config: source,
      ads_config: {
        api_type: "DELTA_GRPC",
        transport_api_version: "V3",
        grpc_services: [{ envoy_grpc: { cluster_name: "istiod" } }],
      },
    },
    static_resources: {
      clusters: [
        {
          name: "istiod",
          type: "STATIC",
          typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2 },
          load_assignment: {
            cluster_name: "istiod",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: listen(network.istiodPort) } }] }],
          },
        },
      ],
    },
  });
}

/** An Envoy; it is ready when it has everything that istiod had to tell it first. */
function envoy(config: ClusterConfig, name: string, file: string, { adminPort }: Proxy): ProcessSpec {
  const options = ["--concurrency", "1", "--log-level", "warning", "--disable-hot-restart"];
  return {
    name,
    argv: [tool(config, "envoy"), "--config-path", file, ...options],
    ready: http(`http://${local}:${String(adminPort)}/ready`),
  };
}

/** Istio's control plane, an ingress gateway, and the sidecar of a caller inside the mesh. */
export const istio: Addon = {
  role: "istiod",
  objects: ["istio.yaml"],
  settings,
  files: (config) => ({
    [at(config).mesh]: stringify({ enableAutoMtls: false, enableTracing: false }),
    [at(config).gateway]: bootstrap(edge),
    [at(config).caller]: bootstrap(caller),
  }),
  processes: (config) => [
    {
      name: "istiod",
      argv: [
        tool(config, "pilot-discovery"),
        "discovery",
        `--kubeconfig=${files(config).kubeconfigOf("istio")}`,
        `--meshConfig=${at(config).mesh}`,
        `--grpcAddr=${local}:${String(network.istiodPort)}`,
        `--httpAddr=${local}:${String(network.istiodHealthPort)}`,
        ...["--httpsAddr=", "--secureGRPCAddr=", "--monitoringAddr=", "--ctrlz_port=0"],
      ],
      env: {
        ...plainEnvoy,
        POD_NAMESPACE: namespace,
        ENABLE_LEADER_ELECTION: "false",
        PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: "false",
      },
      ready: http(`http://${local}:${String(network.istiodHealthPort)}/ready`),
    },
    envoy(config, "istio-gateway", at(config).gateway, edge),
    envoy(config, "istio-caller", at(config).caller, caller),
  ],
};
