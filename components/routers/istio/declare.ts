import { CustomObject } from "../../kubernetes/custom-object";
import { colorSelector } from "../../kubernetes/labels";
import { colors } from "../../model/color";
import { names } from "../../model/names";
import { trafficRecord } from "../record";
import { type Router } from "../router";
import { selectorService } from "../selector-service";
import { routeMetadata, servedBy } from "../weighted-object";
import {
  destinationRuleKind,
  destinationSpec,
  previewSpec,
  splitOf,
  splitSpec,
  virtualServiceKind,
} from "./virtual-service";

/**
 * Splits requests by the weights of one VirtualService for each service, at its Gateway and inside the mesh; a flip is one
 * write. Callers without a sidecar get the active color.
 */
export const istio: Router = (name, args, opts) => {
  const { traffic, canary } = args;
  const rules = args.services.flatMap((service) =>
    colors.map((color) => {
      const host = names.environment(service.name, color);
      const metadata = routeMetadata(args, service, host, {});
      const objectName = `${name}-${host}-destination`;
      return new CustomObject(objectName, { ...destinationRuleKind, metadata, spec: destinationSpec(host) }, opts);
    }),
  );
  const afterRules = { ...opts, dependsOn: rules };
  const splits = args.services.map((service) => {
    const annotations = { ...service.route?.annotations, ...trafficRecord(traffic) };
    const metadata = routeMetadata(args, service, names.active(service.name), annotations);
    const spec = splitSpec(service, traffic, canary);
    return new CustomObject(`${name}-${service.name}`, { ...virtualServiceKind, metadata, spec }, afterRules);
  });
  const after = { ...opts, dependsOn: splits };
  const inside = args.services.map((service) => {
    const selector = colorSelector(service.name, traffic.activeColor);
    return selectorService(name, { args, service, role: "active", selector }, after);
  });
  // What shows the idle color moves no live request: no gate is asked for it.
  for (const service of args.services) {
    const { route } = service;
    if (route?.previewHost === undefined) continue;
    const metadata = routeMetadata(args, service, names.preview(service.name), route.annotations);
    const spec = previewSpec(service, { ...route, host: route.previewHost }, traffic);
    const objectName = `${name}-${service.name}-preview`;
    new CustomObject(objectName, { ...virtualServiceKind, metadata, spec }, { ...after, hooks: {} });
  }
  const served = args.services.map(({ name: each }, index) => [each, servedBy(splits[index], splitOf)] as const);
  return { resources: [...splits, ...inside], served: Object.fromEntries(served) };
};
