import { Ingress } from "@pulumi/kubernetes/networking/v1";
import type * as pulumi from "@pulumi/pulumi";
import { trafficObject } from "../../kubernetes/annotations";
import { colorSelector, objectLabels, serviceLabels } from "../../kubernetes/labels";
import { type Color } from "../../model/color";
import { names } from "../../model/names";
import { type Routed } from "../routed";
import { type RouteArgs } from "../router";
import { selectorService } from "../selector-service";

/** One service, and the color that an object of it leads to. */
export interface Target extends Routed {
  readonly args: RouteArgs;
  readonly color: Color;
}

function metadata(objectName: string, { args, service }: Target, annotations: Readonly<Record<string, string>>) {
  return {
    name: objectName,
    namespace: args.namespace,
    labels: objectLabels(serviceLabels(service.name)),
    annotations: { ...annotations, ...trafficObject },
  };
}

/** An Ingress that leads a route to one Service; a color's own by default. */
export function ingressTo(
  name: string,
  objectName: string,
  target: Target,
  opts: pulumi.CustomResourceOptions,
  backend = names.environment(target.service.name, target.color),
): Ingress {
  const { service, route } = target;
  return new Ingress(
    name,
    {
      metadata: metadata(objectName, target, route.annotations),
      spec: {
        ingressClassName: route.className,
        ...(route.tlsSecret !== undefined && { tls: [{ hosts: [route.host], secretName: route.tlsSecret }] }),
        rules: [
          {
            host: route.host,
            http: {
              paths: [
                {
                  path: route.path,
                  pathType: "Prefix",
                  backend: { service: { name: backend, port: { number: service.port } } },
                },
              ],
            },
          },
        ],
      },
    },
    opts,
  );
}

/** Shows the idle color on a host of its own, by a Service of its own: a controller splits by Service, not by host. */
export function previewIngress(name: string, target: Target, opts: pulumi.CustomResourceOptions): void {
  const { args, service, color } = target;
  const selector = colorSelector(service.name, color);
  const shown = selectorService(name, { args, service, role: "preview", selector }, opts);
  const objectName = names.preview(service.name);
  ingressTo(`${name}-${service.name}-preview-ingress`, objectName, target, { ...opts, dependsOn: [shown] }, objectName);
}
