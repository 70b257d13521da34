import { CustomObject } from "../../kubernetes/custom-object";
import { otherColor } from "../../model/color";
import { names } from "../../model/names";
import { type RouteSettings, type ServiceSettings } from "../../model/settings";
import { trafficRecord } from "../record";
import { following, routedServices } from "../routed";
import { type RouteArgs, type Router } from "../router";
import { insideServices } from "../selector-service";
import { previewObjects, routeMetadata, servedBy } from "../weighted-object";
import { httpRouteKind, type HttpRouteSpec, type ParentRef, splitOf, splitRoute } from "./http-route";

/** Splits requests by the weights of one HTTPRoute for each service: a flip is one write, and each weight is exact. */
export const gatewayApi: Router = (name, args, opts) => {
  const { traffic, canary } = args;
  const routed = routedServices(args);
  const routes = routed.map(({ service, route }) => {
    const { host, path } = route;
    const annotations = { ...route.annotations, ...trafficRecord(traffic) };
    const spec = splitRoute({ parent: gatewayOf(route), host, path, service, traffic, canary });
    const metadata = routeMetadata(args, service, names.active(service.name), annotations);
    return new CustomObject(`${name}-${service.name}`, { ...httpRouteKind, metadata, spec }, opts);
  });
  const after = following(opts, routes);
  const inside = insideServices(name, args, after);
  previewObjects(
    name,
    { args, routed, kind: httpRouteKind },
    ({ service, route }) => previewRoute(args, service, route),
    after,
  );
  const served = routed.map(({ service }, index) => [service.name, servedBy(routes[index], splitOf)] as const);
  return { resources: [...routes, ...inside], served: Object.fromEntries(served) };
};

/** The Gateway that a route hangs on, which config has checked to be named. */
function gatewayOf({ gateway, host }: RouteSettings): ParentRef {
  if (gateway === undefined) throw new Error(`no Gateway leads to ${host}`);
  return gateway;
}

/** Leads everything on a host to the idle color. */
function previewRoute({ traffic }: RouteArgs, service: ServiceSettings, route: RouteSettings): HttpRouteSpec {
  const backend = { name: names.environment(service.name, otherColor(traffic.activeColor)), port: service.port };
  return {
    parentRefs: [gatewayOf(route)],
    hostnames: [route.host],
    rules: [{ matches: [{ path: { type: "PathPrefix", value: route.path } }], backendRefs: [backend] }],
  };
}
