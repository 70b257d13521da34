import { patchForce, waitFor } from "../kubernetes/annotations";
import { CustomObject } from "../kubernetes/custom-object";
import { type ObjectKind } from "../live/cluster";
import { formatDuration } from "../model/duration";
import { names } from "../model/names";
import { trafficRecord } from "./record";
import { following, type Routed, routedServices } from "./routed";
import { type RouteArgs, type Router } from "./router";
import { insideServices } from "./selector-service";
import { type Backend } from "./weighted";
import { previewObjects, routeMetadata, servedBy } from "./weighted-object";

interface WeightedRoutes<Spec> {
  readonly kind: ObjectKind;
  /** Splits what comes to a route between both colors. */
  readonly split: (routed: Routed, args: RouteArgs) => Spec;
  /** Leads everything at a route to the idle color. */
  readonly preview: (routed: Routed, args: RouteArgs) => Spec;
  /** What its controller says of a route that it leads requests by: a field and its value. Absent where it says nothing. */
  readonly accepted?: readonly [path: string, value: string];
  /** The active color's place, then the idle color's. */
  readonly backends: (spec: Spec) => readonly Backend[];
}

/** A router whose routes are an object each that splits by weights: a flip is one write, and each weight is exact. */
export function weightedRoutes<Spec extends object>({
  kind,
  split,
  preview,
  accepted,
  backends,
}: WeightedRoutes<Spec>): Router {
  return (name, args, opts) => {
    const routed = routedServices(args);
    const routes = routed.map((each) => {
      const { service, route } = each;
      const annotations = { ...route.annotations, ...trafficRecord(args.traffic) };
      const awaiting = accepted && { ...waitFor(...accepted), ...patchForce };
      const metadata = routeMetadata(args, service, names.active(service.name), annotations, awaiting);
      const timeout = formatDuration(args.readyTimeout);
      return new CustomObject(
        `${name}-${service.name}`,
        { ...kind, metadata, spec: split(each, args) },
        { ...opts, ...(accepted && { customTimeouts: { create: timeout, update: timeout } }) },
      );
    });
    const after = following(opts, routes);
    const inside = insideServices(name, args, after);
    previewObjects(name, { args, routed, kind }, (each) => preview(each, args), after);
    const served = routed.map(({ service }, index) => [service.name, servedBy(routes[index], backends)] as const);
    return { last: inside, served: Object.fromEntries(served) };
  };
}
