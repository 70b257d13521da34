import type { types } from "@pulumi/kubernetes";
import type { NetworkPolicyArgs } from "@pulumi/kubernetes/networking/v1";
import { type Peer } from "../model/peer";
import { type NetworkPolicySettings } from "../model/settings";
import { metadataOf, type Owner, selectorOf } from "./metadata";

type PolicyPeer = types.input.networking.v1.NetworkPolicyPeer;

/**
 * Who may call the pods of a color, and whom they may call: the pods of their own namespace unless they are left out, and
 * the declared peers. A cluster whose network does not know policies takes the object and does nothing.
 */
export function networkPolicyArgs(owner: Owner, { from, sameNamespace, to }: NetworkPolicySettings): NetworkPolicyArgs {
  const own = sameNamespace ? [{ from: [{ podSelector: {} }] }] : [];
  return {
    metadata: metadataOf(owner),
    spec: {
      podSelector: { matchLabels: selectorOf(owner) },
      policyTypes: to === undefined ? ["Ingress"] : ["Ingress", "Egress"],
      ingress: [...own, ...from.map((peer) => ({ from: [selected(peer)], ...portOf(peer) }))],
      ...(to && { egress: [names, ...to.map((peer) => ({ to: [selected(peer)], ...portOf(peer) }))] }),
    },
  };
}

/** Names are looked up wherever the cluster has it: some answer on an address of the node, which no selector names. */
const names = {
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

function selected(peer: Peer): PolicyPeer {
  if ("cidr" in peer) return { ipBlock: { cidr: peer.cidr } };
  // Every namespace has this label: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } } };
}

function portOf({ port }: Peer) {
  return port === undefined ? {} : { ports: [{ protocol: "TCP", port }] };
}
