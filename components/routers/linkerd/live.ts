import { httpRouteKind, splitOf, withWeights } from "../gateway-api/http-route";
import { weightedRouter } from "../weighted";

/** HTTPRoutes that hang on Services. */
export const linkerd = weightedRouter({ kind: httpRouteKind, backends: splitOf, weighted: withWeights });
