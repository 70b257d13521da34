import * as pulumi from "@pulumi/pulumi";
import { trafficObject } from "../kubernetes/annotations";
import { CustomObject, type CustomObjectArgs } from "../kubernetes/custom-object";
import { objectLabels, serviceLabels } from "../kubernetes/labels";
import { type ObjectKind } from "../live/cluster";
import { names } from "../model/names";
import { type ServiceSettings } from "../model/settings";
import { previewsOf, type Routed, unguarded } from "./routed";
import { type RouteArgs, type ServedTraffic } from "./router";
import { type Backend, type Part, specPart } from "./weighted";

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
export function servedBy<Split extends object>(
  object: CustomObject<object> | undefined,
  backends: (split: Split) => readonly Backend[],
  part: Part<Split> = specPart<Split>(),
): ServedTraffic {
  if (object === undefined) throw new Error("each routed service has an object that splits");
  const split = pulumi.all([object.metadata, object.spec]).apply(([{ annotations }, spec]) => {
    const found = part.read({ metadata: { annotations }, ...{ spec } });
    return found === undefined ? [] : backends(found);
  });
  return {
    active: split.apply(([active]) => active?.name ?? ""),
    idle: split.apply(([, idle]) => idle?.name ?? ""),
    canaryWeight: split.apply((all) => {
      const total = all.reduce((sum, { weight }) => sum + weight, 0);
      return total === 0 ? 0 : (100 * (all[1]?.weight ?? 0)) / total;
    }),
  };
}

interface Previews {
  readonly args: RouteArgs;
  readonly routed: readonly Routed[];
  readonly kind: ObjectKind;
  readonly objectName?: (service: string) => string;
}

/** What leads the hosts that show the idle color there: an object for each, of the kind that splits. */
export function previewObjects(
  name: string,
  { args, routed, kind, objectName = names.preview }: Previews,
  spec: (preview: Routed) => object,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const { service, route } of previewsOf(routed)) {
    const metadata = routeMetadata(args, service, objectName(service.name), route.annotations);
    const objectArgs = { ...kind, metadata, spec: spec({ service, route }) };
    new CustomObject(`${name}-${objectName(service.name)}`, objectArgs, unguarded(opts));
  }
}
