import { CustomObject } from "../../kubernetes/custom-object";
import { colorSelector } from "../../kubernetes/labels";
import { names } from "../../model/names";
import { trafficRecord } from "../record";
import { type Router } from "../router";
import { selectorService } from "../selector-service";
import { routeMetadata, servedBy } from "../weighted-object";
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
  const routed = args.services.flatMap((service) =>
    service.route === undefined ? [] : [{ service, route: service.route }],
  );
  const splits = routed.map(({ service }) => {
    const metadata = routeMetadata(args, service, names.active(service.name), trafficRecord(traffic));
    const spec = weightedSpec(service, traffic, canary);
    return new CustomObject(`${name}-${service.name}-split`, { ...traefikServiceKind, metadata, spec }, opts);
  });
  const afterSplits = splits.length > 0 ? { ...opts, dependsOn: splits } : opts;
  const mirrored = (canary.mirror > 0 ? routed : []).map(({ service }) => {
    const metadata = routeMetadata(args, service, names.mirror(service.name), {});
    const spec = mirroringSpec(service, traffic, canary.mirror);
    const objectName = `${name}-${service.name}-mirror`;
    return new CustomObject(objectName, { ...traefikServiceKind, metadata, spec }, afterSplits);
  });
  const split = mirrored.length > 0 ? names.mirror : names.active;
  const afterAll = mirrored.length > 0 ? { ...opts, dependsOn: mirrored } : afterSplits;
  const routes = routed.map(({ service, route }) => {
    const metadata = routeMetadata(args, service, names.active(service.name), route.annotations);
    const to = { name: split(service.name), kind: "TraefikService" } as const;
    const spec = routesSpec(route, to, overridesTo(service, traffic, canary));
    return new CustomObject(`${name}-${service.name}`, { ...ingressRouteKind, metadata, spec }, afterAll);
  });
  const after = routes.length > 0 ? { ...opts, dependsOn: routes } : opts;
  const inside = args.services.map((service) => {
    const selector = colorSelector(service.name, traffic.activeColor);
    return selectorService(name, { args, service, role: "active", selector }, after);
  });
  // What shows the idle color moves no live request: no gate is asked for it.
  for (const { service, route } of routed) {
    if (route.previewHost === undefined) continue;
    const metadata = routeMetadata(args, service, names.preview(service.name), route.annotations);
    const spec = routesSpec({ ...route, host: route.previewHost }, colorService("idle", service, traffic), []);
    const objectName = `${name}-${service.name}-preview`;
    new CustomObject(objectName, { ...ingressRouteKind, metadata, spec }, { ...after, hooks: {} });
  }
  const served = routed.map(({ service }, index) => [service.name, servedBy(splits[index], splitOf)] as const);
  return { resources: [...splits, ...mirrored, ...routes, ...inside], served: Object.fromEntries(served) };
};
