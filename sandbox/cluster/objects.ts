import { identities, type Identity } from "./identities";
import { network } from "./network";

const read = ["get", "list", "watch"];
const gatewayKinds = [
  "gatewayclasses",
  "gateways",
  "httproutes",
  "grpcroutes",
  "tlsroutes",
  "referencegrants",
  "backendtlspolicies",
];
const traefikKinds = [
  "ingressroutes",
  "ingressroutetcps",
  "ingressrouteudps",
  "traefikservices",
  "middlewares",
  "middlewaretcps",
  "tlsoptions",
  "tlsstores",
  "serverstransports",
  "serverstransporttcps",
];

/** What Traefik's providers read, and the statuses that they write. */
const traefikRules = [
  {
    apiGroups: [""],
    resources: ["services", "secrets", "configmaps", "nodes", "namespaces"],
    verbs: read,
  },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
  { apiGroups: ["traefik.io"], resources: traefikKinds, verbs: read },
  { apiGroups: ["gateway.networking.k8s.io"], resources: gatewayKinds, verbs: read },
  {
    apiGroups: ["gateway.networking.k8s.io"],
    resources: gatewayKinds.map((kind) => `${kind}/status`),
    verbs: ["update"],
  },
];

/** What Prometheus finds the pods by. */
const prometheusRules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }];

/** Gives an identity a role for the whole cluster. */
export function binding(name: Identity, role: string): object {
  const { user } = identities[name];
  const apiGroup = "rbac.authorization.k8s.io";
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: user },
    roleRef: { apiGroup, kind: "ClusterRole", name: role },
    subjects: [{ kind: "User", apiGroup, name: user }],
  };
}

/** A role for the whole cluster, and the identity that has it. */
const grant = (name: Identity, rules: readonly object[]) => {
  const { user } = identities[name];
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: user }, rules };
  return [role, binding(name, user)];
};

/** The objects that every embedded cluster starts with. */
export const clusterObjects: readonly object[] = [
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: "nginx", annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
    spec: { controller: "k8s.io/ingress-nginx" },
  },
  ...grant("traefik", traefikRules),
  ...grant("prometheus", prometheusRules),
];

/** Objects of the kinds that are not Kubernetes' own: the Gateway that routes on the sandbox hang on. */
export const gatewayObjects: readonly object[] = [
  {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: "traefik" },
    spec: { controllerName: "traefik.io/gateway-controller" },
  },
  {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "edge", namespace: "default" },
    spec: {
      gatewayClassName: "traefik",
      listeners: [
        {
          name: "web",
          protocol: "HTTP",
          // The port of Traefik's entry point.
          port: network.ingressPort,
          allowedRoutes: { namespaces: { from: "All" } },
        },
      ],
    },
  },
];
