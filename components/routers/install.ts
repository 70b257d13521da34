import * as kubernetes from "@pulumi/kubernetes";
import { IngressController } from "@pulumi/kubernetes-ingress-nginx";
import type * as pulumi from "@pulumi/pulumi";
import { type InstallChoice } from "../model/settings";

const namespace = "ingress";

/** Traefik's chart, whose version 37 is the first that brings Traefik 3.7. */
const traefikChart = {
  chart: "traefik",
  version: "37.4.0",
  repositoryOpts: { repo: "https://traefik.github.io/charts" },
};

/** What each choice of `install` declares, before the release that goes through it. */
const controllers = {
  none: () => [],
  "ingress-nginx": () => {
    const space = new kubernetes.core.v1.Namespace("ingress", { metadata: { name: namespace } });
    return [
      new IngressController(
        "ingress-nginx",
        {
          controller: { publishService: { enabled: true }, ingressClassResource: { name: "nginx", default: true } },
          helmOptions: { namespace },
        },
        { dependsOn: [space] },
      ),
    ];
  },
  traefik: () => [
    new kubernetes.helm.v3.Release("traefik", {
      ...traefikChart,
      namespace,
      createNamespace: true,
      values: {
        ingressClass: { enabled: true, name: "nginx", isDefaultClass: true },
        providers: {
          kubernetesIngressNGINX: { enabled: true, publishService: { enabled: true } },
          kubernetesIngress: { enabled: false },
        },
        deployment: { replicas: 2 },
      },
    }),
  ],
} as const satisfies Record<InstallChoice, () => readonly pulumi.Resource[]>;

/** Installs the ingress controller that a stack asks for, if any. Gives what the release has to wait for. */
export function installController(choice: InstallChoice): readonly pulumi.Resource[] {
  return controllers[choice]();
}
