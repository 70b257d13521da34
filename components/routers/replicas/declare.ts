import { type Service } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { serviceLabels } from "../../kubernetes/labels";
import { type Color, otherColor, perColor } from "../../model/color";
import { names } from "../../model/names";
import { weightOfPods } from "../../model/pod-split";
import { podRecord, recordOf, trafficRecord } from "../record";
import { type RouteArgs, type Router, type ServedTraffic } from "../router";
import { selectorService } from "../selector-service";

/**
 * Splits requests by the ratio of ready pods: one Service for each service selects the pods of both colors. It never changes
 * but for the record of the declared traffic: what moves requests is the size of each color's Deployment.
 */
export const replicas: Router = (name, args, opts) => {
  const shared = args.services.map((service) => {
    const full = perColor((color) => service.workloads[color].replicas);
    const annotations = { ...trafficRecord(args.traffic), ...podRecord(full) };
    const selector = serviceLabels(service.name);
    return selectorService(name, { args, service, role: "active", selector, annotations }, opts);
  });
  const served = args.services.map((service, index) => {
    return [service.name, servedBy(service.name, shared[index], args)] as const;
  });
  return { last: shared, served: Object.fromEntries(served) };
};

/** What the sizes of both Deployments make of the requests, as the cluster has them. */
function servedBy(name: string, service: Service | undefined, { pods }: RouteArgs): ServedTraffic {
  const [blue, green] = [pods.blue[name], pods.green[name]];
  if (service === undefined || blue === undefined || green === undefined) throw new Error(`${name} has no Service`);
  const active = service.metadata.annotations.apply(
    (annotations) => recordOf({ metadata: { annotations } })?.activeColor,
  );
  const named = (pick: (color: Color) => Color): pulumi.Output<string> =>
    active.apply((color) => (color === undefined ? "" : names.environment(name, pick(color))));
  return {
    active: named((color) => color),
    idle: named(otherColor),
    canaryWeight: pulumi.all([active, blue, green]).apply(([color, ofBlue, ofGreen]) => {
      const counts = { blue: ofBlue, green: ofGreen };
      return color === undefined ? 0 : weightOfPods({ active: counts[color], idle: counts[otherColor(color)] });
    }),
  };
}
