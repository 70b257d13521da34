import { weightedRouter } from "../weighted";
import { splitOf, virtualServiceKind, withWeights } from "./virtual-service";

/** VirtualServices of Istio. */
export const istio = weightedRouter({ kind: virtualServiceKind, backends: splitOf, weighted: withWeights });
