import { type Controller, controllerKinds, type ControllerKind, parseVersion } from "../model/controller";
import { type KubernetesObject, type Pod } from "./cluster";

/**
 * Which controllers act on Ingresses. An IngressClass does not tell: Traefik's provider serves the class of ingress-nginx.
 * Whoever wrote the status of the Ingresses has acted on them; else it may be any whose pods run in the cluster. The pods
 * also tell the version. Undefined when neither says: the controller may run outside of the cluster.
 *
 * @param pods undefined when they could not be listed.
 */
export function controllersOf(
  ingresses: readonly KubernetesObject[],
  pods: readonly Pod[] | undefined,
): readonly Controller[] | undefined {
  const running = (pods ?? []).flatMap((pod) => controllerOf(pod) ?? []);
  const wrote = statusWriters(ingresses);
  const kinds = wrote.length > 0 ? wrote : [...new Set(running.map(({ kind }) => kind))];
  if (kinds.length === 0) return undefined;
  return kinds.flatMap((kind): Controller[] => {
    const found = running.filter((each) => each.kind === kind);
    return found.length > 0 ? found : [{ kind }];
  });
}

/** By the first part of their user agents, which the API server keeps as the manager of a field. */
const managers: Readonly<Record<string, ControllerKind>> = {
  traefik: "traefik",
  "nginx-ingress-controller": "ingress-nginx",
};

function statusWriters(ingresses: readonly KubernetesObject[]): ControllerKind[] {
  const fields = ingresses.flatMap(({ metadata }) => metadata?.managedFields ?? []);
  const names = fields
    .filter(({ subresource }) => subresource === "status")
    .map(({ manager = "" }) => managers[manager]);
  return controllerKinds.filter((kind) => names.includes(kind));
}

/** Traefik reads the annotations only with a provider that it has to be told to have. */
function controllerOf({ spec }: Pod): Controller | undefined {
  for (const { image = "", args = [] } of spec?.containers ?? []) {
    const [, name, tag = ""] = /(?:^|\/)(traefik|ingress-nginx\/controller)(?::([^@]+))?(?:@.*)?$/.exec(image) ?? [];
    if (name === undefined) continue;
    if (name === "traefik" && !args.some((arg) => /kubernetesingressnginx|configfile/i.test(arg))) continue;
    const version = parseVersion(tag);
    return { kind: name === "traefik" ? "traefik" : "ingress-nginx", ...(version && { version }) };
  }
  return undefined;
}
