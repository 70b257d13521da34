import { identities, type Identity } from "./identities";

const subject = (name: Identity) => ({
  kind: "User",
  apiGroup: "rbac.authorization.k8s.io",
  name: identities[name].user,
});

/** What Traefik's ingress-nginx provider reads, and the one thing it writes. */
const traefikRules = [
  {
    apiGroups: [""],
    resources: ["services", "secrets", "configmaps", "nodes", "namespaces"],
    verbs: ["get", "list", "watch"],
  },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
];

/** The objects that every embedded cluster starts with. */
export const clusterObjects: readonly object[] = [
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: "nginx", annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
    spec: { controller: "k8s.io/ingress-nginx" },
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "cyan:traefik" },
    rules: traefikRules,
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "cyan:traefik" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cyan:traefik" },
    subjects: [subject("traefik")],
  },
];
