/** Addresses inside the cluster's network namespace. Nothing of them is reachable, or seen, from the host. */
export const network = {
  /** The node, and the address that the API server advertises: it refuses to advertise loopback. */
  node: "192.0.2.10",
  /** The other end of the pair; the default route leads there and no further. */
  gateway: "192.0.2.1",
  pods: "10.244.0.0/24",
  services: "10.96.0.0/16",
  apiPort: 6443,
  ingressPort: 80,
  traefikPort: 8080,
  prometheusPort: 9090,
  discoveryPort: 9091,
  argoHealthPort: 8081,
  argoMetricsPort: 8082,
  flaggerPort: 8083,
  loadtesterPort: 8084,
  /** Istio's ingress gateway. */
  istioPort: 8000,
  istiodPort: 15010,
  istiodHealthPort: 15014,
  istioAdminPort: 15000,
  istioCallerAdminPort: 15020,
  /** A Service's port that a meshed caller reaches by its sidecar, on the loopback; Traefik has port 80 there. */
  meshedPort: 8900,
} as const;

/** Commands that give a fresh network namespace its loopback, an address, and a default route. */
export const networkCommands: readonly (readonly string[])[] = [
  ["ip", "link", "set", "lo", "up"],
  ["ip", "link", "add", "node", "type", "veth", "peer", "name", "edge"],
  ["ip", "address", "add", `${network.node}/24`, "dev", "node"],
  ["ip", "link", "set", "node", "up"],
  ["ip", "link", "set", "edge", "up"],
  ["ip", "route", "add", "default", "via", network.gateway],
];

/** The network of the pods: a bridge, addresses of one range, and ports of the host. */
export const cniConfig = {
  cniVersion: "1.0.0",
  name: "cyan",
  plugins: [
    {
      type: "bridge",
      bridge: "pods",
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: { type: "host-local", ranges: [[{ subnet: network.pods }]], routes: [{ dst: "0.0.0.0/0" }] },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};
