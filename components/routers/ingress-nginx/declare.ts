import { type Ingress } from "@pulumi/kubernetes/networking/v1";
import type * as pulumi from "@pulumi/pulumi";
import { names } from "../../model/names";
import { otherColor } from "../../model/color";
import { following, previewsOf, routedServices, unguarded } from "../routed";
import { type Router, type ServedTraffic } from "../router";
import { insideServices } from "../selector-service";
import { trafficRecord } from "../record";
import { ingressTo, previewIngress, type Target } from "./ingresses";
import { affinityAnnotations, annotationNames, canaryAnnotations } from "./annotations";

/**
 * Splits requests by the canary annotations of ingress-nginx, which Traefik 3.7 and later reads too.
 *
 * All main Ingresses move first, then all canary Ingresses, then the Services for callers inside the cluster. Between
 * the first two both may name the same color for a moment, which then gets everything: never a color that is not ready.
 * The main Ingress is made before the canary and never replaced; a canary that is older than its main Ingress makes
 * ingress-nginx answer 404.
 */
export const ingressNginx: Router = (name, args, opts) => {
  const { activeColor } = args.traffic;
  const idleColor = otherColor(activeColor);
  const routed = routedServices(args);
  const mains = routed.map(({ service, route }) =>
    mainIngress(name, { args, service, route, color: activeColor }, opts),
  );
  const canaries = routed.map(({ service, route }) =>
    canaryIngress(name, { args, service, route, color: idleColor }, following(opts, mains)),
  );
  const moved = following(opts, canaries);
  const inside = insideServices(name, args, moved);
  for (const each of previewsOf(routed)) previewIngress(name, { args, ...each, color: idleColor }, unguarded(moved));

  const served = routed.map(({ service }, index) => [service.name, servedBy(mains[index], canaries[index])] as const);
  return { last: inside, served: Object.fromEntries(served) };
};

/** A user's annotations come first: what traffic goes by is not theirs to change. */
function mainIngress(name: string, target: Target, opts: pulumi.CustomResourceOptions) {
  const { args, service, route } = target;
  const sessions = affinityAnnotations(args.traffic, args.canary);
  const annotations = { ...route.annotations, ...sessions, ...trafficRecord(args.traffic) };
  return ingressTo(
    `${name}-${service.name}`,
    names.active(service.name),
    { ...target, route: { ...route, annotations } },
    opts,
  );
}

function canaryIngress(name: string, target: Target, opts: pulumi.CustomResourceOptions) {
  const { args, service, route } = target;
  const split = canaryAnnotations(args.traffic, args.canary);
  const annotations = { ...route.annotations, ...split, ...trafficRecord(args.traffic) };
  return ingressTo(
    `${name}-${service.name}-canary`,
    names.canary(service.name),
    { ...target, route: { ...route, annotations } },
    opts,
  );
}

/** What two Ingresses give, as the cluster has them. */
function servedBy(main: Ingress | undefined, canary: Ingress | undefined): ServedTraffic {
  if (main === undefined || canary === undefined) throw new Error("each route has a main and a canary Ingress");
  const backendOf = (object: Ingress): pulumi.Output<string> =>
    object.spec.rules.apply((rules) => rules[0]?.http.paths[0]?.backend.service.name ?? "");
  return {
    active: backendOf(main),
    idle: backendOf(canary),
    canaryWeight: canary.metadata.annotations.apply((annotations) => {
      const weight = Number(annotations[annotationNames.weight] ?? 0);
      return (100 * weight) / Number(annotations[annotationNames.weightTotal] ?? 100);
    }),
  };
}
