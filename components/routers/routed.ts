import type * as pulumi from "@pulumi/pulumi";
import { type RouteSettings, type ServiceSettings } from "../model/settings";
import { type RouteArgs } from "./router";

/** A service that is reached from outside, and where. */
export interface Routed {
  readonly service: ServiceSettings;
  readonly route: RouteSettings;
}

export function routedServices({ services }: RouteArgs): Routed[] {
  return services.flatMap((service) => (service.route === undefined ? [] : [{ service, route: service.route }]));
}

/** The routes of the hosts that show the idle color, at those hosts. */
export function previewsOf(routed: readonly Routed[]): Routed[] {
  return routed.flatMap(({ service, route }) =>
    route.previewHost === undefined ? [] : [{ service, route: { ...route, host: route.previewHost } }],
  );
}

/** Options of what comes after `before`; where that is nothing, it waits for what the router waits for. */
export function following(
  opts: pulumi.CustomResourceOptions,
  before: readonly pulumi.Resource[],
): pulumi.CustomResourceOptions {
  return before.length > 0 ? { ...opts, dependsOn: [...before] } : opts;
}

/** Options of what is written when a controller has brought about what the objects before it declare. */
export function afterArrival(
  opts: pulumi.CustomResourceOptions,
  { arrival }: Pick<RouteArgs, "arrival">,
): pulumi.CustomResourceOptions {
  if (arrival === undefined) return opts;
  const { beforeCreate = [], beforeUpdate = [] } = opts.hooks ?? {};
  return { ...opts, hooks: { beforeCreate: [arrival, ...beforeCreate], beforeUpdate: [arrival, ...beforeUpdate] } };
}

/** Options of what shows the idle color: it moves no live request, and no gate is asked for it. */
export function unguarded(opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return { ...opts, hooks: {} };
}
