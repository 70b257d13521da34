import { type Service } from "@pulumi/kubernetes/core/v1";
import { colorSelector } from "../../kubernetes/labels";
import { colors, otherColor } from "../../model/color";
import { names } from "../../model/names";
import { trafficRecord } from "../record";
import { following, unguarded } from "../routed";
import { type Router, type ServedTraffic } from "../router";
import { selectorService } from "../selector-service";

/**
 * The classic blue-green switch: one Service for each service, which selects the active color's pods, and one that shows
 * the idle color. Connections that are open at a flip stay with the color that they were made to.
 */
export const service: Router = (name, args, opts) => {
  const { activeColor } = args.traffic;
  const annotations = trafficRecord(args.traffic);
  const active = args.services.map((service) => {
    const selector = colorSelector(service.name, activeColor);
    return selectorService(name, { args, service, role: "active", selector, annotations }, opts);
  });
  for (const service of args.services) {
    const selector = colorSelector(service.name, otherColor(activeColor));
    selectorService(name, { args, service, role: "preview", selector }, unguarded(following(opts, active)));
  }
  const served = args.services.map((service, index) => [service.name, servedBy(service.name, active[index])] as const);
  return { last: active, served: Object.fromEntries(served) };
};

/** What a Service selects, as the cluster has it. */
function servedBy(name: string, service: Service | undefined): ServedTraffic {
  if (service === undefined) throw new Error(`${name} has no Service`);
  const active = service.spec.selector.apply((selector) => {
    return colors.find((color) => color === selector["cyan.dev/color"]);
  });
  return {
    active: active.apply((color) => (color === undefined ? "" : names.environment(name, color))),
    idle: active.apply((color) => (color === undefined ? "" : names.environment(name, otherColor(color)))),
    canaryWeight: active.apply(() => 0),
  };
}
