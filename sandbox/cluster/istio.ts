import { join } from "node:path";
import { stringify } from "yaml";
import { type Addon } from "./addon";
import { http } from "./checks";
import { type ClusterConfig, tool } from "./config";
import { network } from "./network";
import { files } from "./processes";

const namespace = "istio-system";
const gateway = { istio: "edge" };
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

/** Istio's own Gateway and one of the Gateway API, both on the same Envoy. */
const settings = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
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
  return { mesh: join(config.root, "istio-mesh.yaml"), gateway: join(config.root, "istio-gateway.yaml") };
}

/** The gateway's config: who it is, and that istiod tells it the rest. */
function bootstrap(): string {
  const listen = (port: number) => ({ socket_address: { address: local, port_value: port } });
  const source = { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" };
  const http2 = {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: { http2_protocol_options: {} },
  };
  return stringify({
    node: {
      id: `router~${network.node}~edge.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `edge.${namespace}`,
      metadata: { NAMESPACE: namespace, CLUSTER_ID: "Kubernetes", LABELS: gateway },
    },
    admin: { address: listen(network.istioAdminPort) },
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

/** Istio's control plane, and an ingress gateway. */
export const istio: Addon = {
  role: "istiod",
  objects: ["istio.yaml"],
  settings,
  files: (config) => ({
    [at(config).mesh]: stringify({ enableAutoMtls: false, enableTracing: false }),
    [at(config).gateway]: bootstrap(),
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
    {
      name: "istio-gateway",
      argv: [
        tool(config, "envoy"),
        ...["--config-path", at(config).gateway, "--concurrency", "1", "--log-level", "warning"],
        "--disable-hot-restart",
      ],
      // Holds when it has everything that istiod had to tell it first.
      ready: http(`http://${local}:${String(network.istioAdminPort)}/ready`),
    },
  ],
};
