import { CustomObject } from "../../kubernetes/custom-object";
import { colors } from "../../model/color";
import { names } from "../../model/names";
import { trafficRecord } from "../record";
import { following, routedServices } from "../routed";
import { type Router } from "../router";
import { insideServices } from "../selector-service";
import { previewObjects, routeMetadata, servedBy } from "../weighted-object";
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
  const afterRules = following(opts, rules);
  const splits = args.services.map((service) => {
    const annotations = { ...service.route?.annotations, ...trafficRecord(traffic) };
    const metadata = routeMetadata(args, service, names.active(service.name), annotations);
    const spec = splitSpec(service, traffic, canary);
    return new CustomObject(`${name}-${service.name}`, { ...virtualServiceKind, metadata, spec }, afterRules);
  });
  const after = following(opts, splits);
  const inside = insideServices(name, args, after);
  previewObjects(
    name,
    { args, routed: routedServices(args), kind: virtualServiceKind },
    ({ service, route }) => previewSpec(service, route, traffic),
    after,
  );
  const served = args.services.map(({ name: each }, index) => [each, servedBy(splits[index], splitOf)] as const);
  return { last: inside, served: Object.fromEntries(served) };
};
