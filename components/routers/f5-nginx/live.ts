import { weightedRouter } from "../weighted";
import { splitOf, virtualServerKind, withWeights } from "./virtual-server";

/** VirtualServers of F5's NGINX Ingress Controller. */
export const f5Nginx = weightedRouter({ kind: virtualServerKind, backends: splitOf, weighted: withWeights });
