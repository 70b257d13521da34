import { weightedRouter } from "../weighted";
import { httpRouteKind, splitOf, withWeights } from "./http-route";

/** HTTPRoutes of the Gateway API. */
export const gatewayApi = weightedRouter({ kind: httpRouteKind, backends: splitOf, weighted: withWeights });
