import { weightedRoutes } from "../weighted-routes";
import { previewServer, splitOf, splitServer, virtualServerKind } from "./virtual-server";

/** Splits requests by the weights of one VirtualServer for each service. */
export const f5Nginx = weightedRoutes({
  kind: virtualServerKind,
  split: (routed, { traffic, canary }) => splitServer(routed, traffic, canary),
  preview: (routed, { traffic }) => previewServer(routed, traffic),
  backends: splitOf,
});
