import { CustomObject } from "../../kubernetes/custom-object";
import { trafficRecord } from "../record";
import { following, routedServices } from "../routed";
import { type Router } from "../router";
import { insideServices } from "../selector-service";
import { previewObjects, routeMetadata, servedBy } from "../weighted-object";
import {
  actionsOf,
  actionsPart,
  albAnnotations,
  albName,
  albPreviewName,
  albSpec,
  ingressKind,
  previewSpec,
  splitOf,
} from "./ingress";

/** Splits requests by the weights of one Ingress's actions for each service: a flip is one write. */
export const awsAlb: Router = (name, args, opts) => {
  const { traffic, canary } = args;
  const routed = routedServices(args);
  const routes = routed.map(({ service, route }) => {
    const own = { ...route.annotations, ...albAnnotations(service, traffic, canary), ...trafficRecord(traffic) };
    const metadata = routeMetadata(args, service, albName(service.name), own);
    const spec = albSpec(route, Object.keys(actionsOf(service, traffic, canary)));
    return new CustomObject(`${name}-${albName(service.name)}`, { ...ingressKind, metadata, spec }, opts);
  });
  const after = following(opts, routes);
  const inside = insideServices(name, args, after);
  const previews = { args, routed, kind: ingressKind, objectName: albPreviewName };
  previewObjects(name, previews, (each) => previewSpec(each, traffic), after);
  const served = routed.map(({ service }, index) => {
    return [service.name, servedBy(routes[index], splitOf, actionsPart)] as const;
  });
  return { last: inside, served: Object.fromEntries(served) };
};
