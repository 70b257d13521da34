import { type Service } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { trafficObject } from "../../kubernetes/annotations";
import { CustomObject } from "../../kubernetes/custom-object";
import { colorSelector, objectLabels, serviceLabels } from "../../kubernetes/labels";
import { type Color, colors, otherColor } from "../../model/color";
import { names } from "../../model/names";
import { controllersPods, weightOfPods } from "../../model/pod-split";
import { capabilitiesOf, isSplit } from "../../model/routers";
import { type ServiceSettings } from "../../model/settings";
import { type Traffic } from "../../model/traffic";
import { ingressTo, previewIngress } from "../ingress-nginx/ingresses";
import { recordOf, trafficRecord } from "../record";
import { afterArrival, following, previewsOf, routedServices, unguarded } from "../routed";
import { type RouteArgs, type Router, type ServedTraffic } from "../router";
import { selectorService } from "../selector-service";
import { routeMetadata } from "../weighted-object";
import { analysisTemplateKind, rolloutKind, rolloutSpec } from "./rollout";

/**
 * Leaves pods and the split of requests to Argo Rollouts: one Rollout for each service names a color and its weight. What the
 * Rollout refers to is there before it; the Services for callers inside the cluster follow when it has arrived, and say so.
 */
export const argoRollouts: Router = (name, args, opts) => {
  const routed = routedServices(args);
  const byPods = capabilitiesOf(args).shareBy === "pods";
  const led = (byPods ? [] : args.services).flatMap((service) =>
    (["stable", "canary"] as const).map((role) => {
      return selectorService(name, { args, service, role, selector: serviceLabels(service.name) }, opts);
    }),
  );
  const afterServices = following(opts, led);
  const templates = analysisTemplates(name, args, unguarded(opts));
  const ingresses = routed.map(({ service, route }) => {
    const stable = names.stable(service.name);
    const target = { args, service, route, color: args.traffic.activeColor };
    return ingressTo(`${name}-${service.name}-stable-ingress`, stable, target, afterServices, stable);
  });
  const rollouts = args.services.map((service) => {
    const metadata = routeMetadata(args, service, names.active(service.name), trafficRecord(args.traffic));
    const object = { ...rolloutKind, metadata, spec: rolloutSpec(service, args) };
    return new CustomObject(`${name}-${service.name}`, object, following(opts, [...led, ...ingresses, ...templates]));
  });
  const after = following(opts, rollouts);
  const inside = args.services.map((service) => arrived(name, service, args, afterArrival(after, args)));
  const color = otherColor(args.traffic.activeColor);
  for (const each of previewsOf(routed)) previewIngress(name, { args, ...each, color }, unguarded(after));
  const served = args.services
    .filter((service) => isSplit(args, service))
    .map((service) => [service.name, servedBy(service, inside[args.services.indexOf(service)], byPods)] as const);
  return { last: inside, served: Object.fromEntries(served) };
};

/** What judges versions. No request goes by it; what was edited by hand is taken back all the same. */
function analysisTemplates(name: string, { namespace, argoRollouts }: RouteArgs, opts: pulumi.CustomResourceOptions) {
  return Object.entries(argoRollouts.analysisTemplates).map(([template, spec]) => {
    const metadata = { name: template, namespace, labels: objectLabels({}), annotations: trafficObject };
    return new CustomObject(`${name}-${template}-analysis`, { ...analysisTemplateKind, metadata, spec }, opts);
  });
}

/**
 * The Service for callers inside the cluster. It says what the controller has brought about: another traffic, or something
 * else that the color that it runs is to run, changes it, and so waits for that.
 */
function arrived(name: string, service: ServiceSettings, args: RouteArgs, opts: pulumi.CustomResourceOptions): Service {
  const { traffic, generations } = args;
  const byPods = capabilitiesOf(args).shareBy === "pods";
  const selector = byPods ? serviceLabels(service.name) : colorSelector(service.name, traffic.activeColor);
  const runs = pulumi
    .all(colors.map((color) => generations[color][service.name] ?? 0))
    .apply((all) => colors.map((color, index) => `${color} ${all[index] ?? 0}`).join(", "));
  const annotations = { ...trafficRecord(traffic), "cyan.dev/generations": runs };
  return selectorService(name, { args, service, role: "active", selector, annotations }, opts);
}

/** What the controller had brought about when it was last waited for, as the cluster has it. */
function servedBy({ name, workloads }: ServiceSettings, service: Service | undefined, byPods: boolean): ServedTraffic {
  const given = ({ activeColor, canaryWeight }: Traffic): number => {
    const full = { active: workloads[activeColor].replicas, idle: workloads[otherColor(activeColor)].replicas };
    return byPods ? weightOfPods(controllersPods(full, canaryWeight)) : canaryWeight;
  };
  if (service === undefined) throw new Error(`${name} has no Service`);
  const recorded = service.metadata.annotations.apply((annotations) => recordOf({ metadata: { annotations } }));
  const named = (pick: (color: Color) => Color): pulumi.Output<string> =>
    recorded.apply((traffic) => (traffic === undefined ? "" : names.environment(name, pick(traffic.activeColor))));
  return {
    active: named((color) => color),
    idle: named(otherColor),
    canaryWeight: recorded.apply((traffic) => (traffic === undefined ? 0 : given(traffic))),
  };
}
