import { otherColor } from "../../model/color";
import { names } from "../../model/names";
import { type RouteSettings } from "../../model/settings";
import { weightedRoutes } from "../weighted-routes";
import { httpRouteKind, type ParentRef, splitOf, splitRoute } from "./http-route";

/** Splits requests by the weights of one HTTPRoute for each service. */
export const gatewayApi = weightedRoutes({
  kind: httpRouteKind,
  split: ({ service, route }, { traffic, canary }) => {
    const { host, path } = route;
    return splitRoute({ parent: gatewayOf(route), host, path, service, traffic, canary });
  },
  preview: ({ service, route }, { traffic }) => {
    const backend = { name: names.environment(service.name, otherColor(traffic.activeColor)), port: service.port };
    return {
      parentRefs: [gatewayOf(route)],
      hostnames: [route.host],
      rules: [{ matches: [{ path: { type: "PathPrefix", value: route.path } }], backendRefs: [backend] }],
    };
  },
  // A route that no Gateway takes leads nobody: the update ends there, before anything else moves.
  accepted: ['.status.parents[*].conditions[?(@.type=="Accepted")].status', "True"],
  backends: splitOf,
});

/** The Gateway that a route hangs on, which config has checked to be named. */
function gatewayOf({ gateway, host }: RouteSettings): ParentRef {
  if (gateway === undefined) throw new Error(`no Gateway leads to ${host}`);
  return gateway;
}
