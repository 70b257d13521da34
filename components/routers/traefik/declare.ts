import { CustomObject } from "../../kubernetes/custom-object";
import { names } from "../../model/names";
import { trafficRecord } from "../record";
import { following, routedServices } from "../routed";
import { type Router } from "../router";
import { insideServices } from "../selector-service";
import { previewObjects, routeMetadata, servedBy } from "../weighted-object";
import {
  colorService,
  ingressRouteKind,
  mirroringSpec,
  overridesTo,
  routesSpec,
  splitOf,
  traefikServiceKind,
  weightedSpec,
} from "./objects";

/**
 * Splits requests by the weights of one TraefikService for each service, which an IngressRoute leads to. The split is
 * there before anything leads to it, and is all that a weight changes.
 */
export const traefik: Router = (name, args, opts) => {
  const { traffic, canary } = args;
  const routed = routedServices(args);
  const splits = routed.map(({ service }) => {
    const metadata = routeMetadata(args, service, names.active(service.name), trafficRecord(traffic));
    const spec = weightedSpec(service, traffic, canary);
    return new CustomObject(`${name}-${service.name}-split`, { ...traefikServiceKind, metadata, spec }, opts);
  });
  const afterSplits = following(opts, splits);
  const mirrored = (canary.mirror > 0 ? routed : []).map(({ service }) => {
    const metadata = routeMetadata(args, service, names.mirror(service.name), {});
    const spec = mirroringSpec(service, traffic, canary.mirror);
    const objectName = `${name}-${service.name}-mirror`;
    return new CustomObject(objectName, { ...traefikServiceKind, metadata, spec }, afterSplits);
  });
  const split = mirrored.length > 0 ? names.mirror : names.active;
  const afterAll = following(afterSplits, mirrored);
  const routes = routed.map(({ service, route }) => {
    const metadata = routeMetadata(args, service, names.active(service.name), route.annotations);
    const to = { name: split(service.name), kind: "TraefikService" } as const;
    const spec = routesSpec(route, to, overridesTo(service, traffic, canary));
    return new CustomObject(`${name}-${service.name}`, { ...ingressRouteKind, metadata, spec }, afterAll);
  });
  const after = following(opts, routes);
  const inside = insideServices(name, args, after);
  previewObjects(
    name,
    { args, routed, kind: ingressRouteKind },
    ({ service, route }) => routesSpec(route, colorService("idle", service, traffic), []),
    after,
  );
  const served = routed.map(({ service }, index) => [service.name, servedBy(splits[index], splitOf)] as const);
  return { last: inside, served: Object.fromEntries(served) };
};
