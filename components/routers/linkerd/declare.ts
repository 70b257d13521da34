import { CustomObject } from "../../kubernetes/custom-object";
import { names } from "../../model/names";
import { httpRouteKind, splitOf, splitRoute } from "../gateway-api/http-route";
import { trafficRecord } from "../record";
import { following } from "../routed";
import { type Router } from "../router";
import { insideServices } from "../selector-service";
import { routeMetadata, servedBy } from "../weighted-object";

/**
 * Splits what meshed callers send to a service, by an HTTPRoute that hangs on the Service of its name (GAMMA:
 * https://gateway-api.sigs.k8s.io/mesh/). Callers outside the mesh get the active color, which that Service selects.
 */
export const linkerd: Router = (name, args, opts) => {
  const { traffic, canary } = args;
  const splits = args.services.map((service) => {
    // The core group is written out: without it the Gateway API's own is meant.
    const parent = { group: "", kind: "Service", name: names.active(service.name), port: service.port };
    const spec = splitRoute({ parent, path: "/", service, traffic, canary });
    const metadata = routeMetadata(args, service, names.active(service.name), trafficRecord(traffic));
    return new CustomObject(`${name}-${service.name}`, { ...httpRouteKind, metadata, spec }, opts);
  });
  const inside = insideServices(name, args, following(opts, splits));
  const served = args.services.map(({ name: each }, index) => [each, servedBy(splits[index], splitOf)] as const);
  return { last: inside, served: Object.fromEntries(served) };
};
