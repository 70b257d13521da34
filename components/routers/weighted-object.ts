import type * as pulumi from "@pulumi/pulumi";
import { trafficObject } from "../kubernetes/annotations";
import { CustomObject, type CustomObjectArgs } from "../kubernetes/custom-object";
import { objectLabels, serviceLabels } from "../kubernetes/labels";
import { type ObjectKind } from "../live/cluster";
import { names } from "../model/names";
import { type ServiceSettings } from "../model/settings";
import { previewsOf, type Routed, unguarded } from "./routed";
import { type RouteArgs, type ServedTraffic } from "./router";
import { type Backend } from "./weighted";

/** Metadata of an object that traffic goes by. What is ours wins over a user's annotations. */
export function routeMetadata(
  { namespace }: RouteArgs,
  service: ServiceSettings,
  name: string,
  annotations: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>> = trafficObject,
): CustomObjectArgs<object>["metadata"] {
  const labels = objectLabels(serviceLabels(service.name));
  return { name, namespace, labels, annotations: { ...annotations, ...own } };
}

/** What an object that splits by weights gives, as the cluster has it. */
export function servedBy<Spec extends object>(
  object: CustomObject<Spec> | undefined,
  backends: (spec: Spec) => readonly Backend[],
): ServedTraffic {
  if (object === undefined) throw new Error("each routed service has an object that splits");
  const split = object.spec.apply((spec) => backends(spec));
  return {
    active: split.apply(([active]) => active?.name ?? ""),
    idle: split.apply(([, idle]) => idle?.name ?? ""),
    canaryWeight: split.apply((all) => {
      const total = all.reduce((sum, { weight }) => sum + weight, 0);
      return total === 0 ? 0 : (100 * (all[1]?.weight ?? 0)) / total;
    }),
  };
}

/** What leads the hosts that show the idle color there: an object for each, of the kind that splits. */
export function previewObjects(
  name: string,
  { args, routed, kind }: { readonly args: RouteArgs; readonly routed: readonly Routed[]; readonly kind: ObjectKind },
  spec: (preview: Routed) => object,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const { service, route } of previewsOf(routed)) {
    const metadata = routeMetadata(args, service, names.preview(service.name), route.annotations);
    const objectArgs = { ...kind, metadata, spec: spec({ service, route }) };
    new CustomObject(`${name}-${service.name}-preview`, objectArgs, unguarded(opts));
  }
}
