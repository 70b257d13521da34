import { Service } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { trafficObject } from "../kubernetes/annotations";
import { colorSelector, objectLabels, serviceLabels } from "../kubernetes/labels";
import { names, routerAnnotation } from "../model/names";
import { type ServiceSettings } from "../model/settings";
import { type RouteArgs } from "./router";

/** A Service besides those of the colors, which never change. */
interface SelectorServiceArgs {
  readonly args: RouteArgs;
  readonly service: ServiceSettings;
  /** The Service that is called like its service, the one that shows the idle color, or one that a controller leads. */
  readonly role: "active" | "preview" | "stable" | "canary";
  readonly selector: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A Service of its own that selects pods: one color's, which are other ones after a flip, or those of both. */
export function selectorService(
  name: string,
  { args, service, role, selector, annotations = {} }: SelectorServiceArgs,
  opts: pulumi.CustomResourceOptions,
): Service {
  const { expose } = service;
  // What shows the idle color is not for everyone.
  const exposed = role === "active" && expose.type !== "ClusterIP";
  return new Service(
    `${name}-${service.name}-${role}`,
    {
      metadata: {
        name: names[role](service.name),
        namespace: args.namespace,
        labels: objectLabels(serviceLabels(service.name)),
        annotations: {
          ...(exposed && expose.annotations),
          ...annotations,
          ...(role === "active" && { [routerAnnotation]: args.router }),
          ...trafficObject,
        },
      },
      spec: {
        ...(exposed && { type: expose.type }),
        selector: { ...selector },
        ports: [
          {
            name: "http",
            port: service.port,
            targetPort: "http",
            ...(exposed && expose.nodePort !== undefined && { nodePort: expose.nodePort }),
          },
        ],
      },
    },
    opts,
  );
}

/** The Services for callers inside the cluster, which select the active color. */
export function insideServices(name: string, args: RouteArgs, opts: pulumi.CustomResourceOptions): Service[] {
  return args.services.map((service) => {
    const selector = colorSelector(service.name, args.traffic.activeColor);
    return selectorService(name, { args, service, role: "active", selector }, opts);
  });
}
