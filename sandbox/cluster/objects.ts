import { identities, type Identity } from "./identities";
import { network } from "./network";

const subject = (name: Identity) => ({
  kind: "User",
  apiGroup: "rbac.authorization.k8s.io",
  name: identities[name].user,
});

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

/** A role for the whole cluster, and the identity that has it. */
const grant = (name: Identity, rules: readonly object[]) => [
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: identities[name].user },
    rules,
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: identities[name].user },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: identities[name].user },
    subjects: [subject(name)],
  },
];

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
