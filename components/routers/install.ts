import { Namespace } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import { IngressClass } from "@pulumi/kubernetes/networking/v1";
import { IngressController } from "@pulumi/kubernetes-ingress-nginx";
import type * as pulumi from "@pulumi/pulumi";
import { type InstallChoice } from "../model/settings";

const namespace = "ingress";

/** Name of the IngressClass that both controllers serve, and that `ingress.className` defaults to. */
const className = "nginx";

/**
 * Traefik's chart: version 40 is the first that brings Traefik 3.7, the first to read canary annotations. An older one
 * takes a canary Ingress for an ordinary one.
 */
const traefikChart = {
  chart: "traefik",
  version: "41.3.0",
  repositoryOpts: { repo: "https://traefik.github.io/charts" },
};

/**
 * The class that Traefik's provider looks for: it goes by the controller that a class names, not by the class's name,
 * and the class of Traefik's chart names another controller.
 */
function nginxClass(): IngressClass {
  return new IngressClass("nginx", {
    metadata: { name: className, annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
    spec: { controller: "k8s.io/ingress-nginx" },
  });
}

/** What each choice of `install` declares, before the release that goes through it. */
const controllers = {
  none: () => [],
  "ingress-nginx": () => {
    const space = new Namespace("ingress", { metadata: { name: namespace } });
    return [
      new IngressController(
        "ingress-nginx",
        {
          controller: { publishService: { enabled: true }, ingressClassResource: { name: className, default: true } },
          helmOptions: { namespace },
        },
        { dependsOn: [space] },
      ),
    ];
  },
  traefik: () => [
    nginxClass(),
    new Release("traefik", {
      ...traefikChart,
      namespace,
      createNamespace: true,
      values: {
        ingressClass: { enabled: false },
        providers: {
          kubernetesIngressNGINX: { enabled: true, publishService: { enabled: true } },
          kubernetesIngress: { enabled: false },
          // For the router traefik: without it a color that has no pods takes the whole route away.
          kubernetesCRD: { enabled: true, allowEmptyServices: true },
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
