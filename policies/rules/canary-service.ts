import { together } from "./check";
import { type Ingress, ingressType, isCanary, nameOf } from "./kubernetes";
import { type Rule } from "./rule";

export const canaryService: Rule = {
  name: "canary-service",
  description: "The Service of a canary Ingress is no other Ingress rule's.",
  why: "ingress-nginx then ignores the canary, and Traefik splits the other rule's requests too.",
  severity: "critical",
  remediationSteps: "Give the other rule a Service of its own with the same selector, as shop-preview is.",
  levels: { dev: "mandatory", prod: "mandatory" },
  validateStack: together<Ingress>([ingressType], function* (resources) {
    const ingresses = resources.map(({ props }) => props);
    const canaries = ingresses.filter(isCanary);
    for (const namespace of new Set(canaries.map(namespaceOf))) {
      const users = usersOf(ingresses.filter((each) => namespaceOf(each) === namespace));
      for (const canary of canaries.filter((each) => namespaceOf(each) === namespace)) {
        for (const service of new Set(servicesOf(canary))) {
          for (const other of (users.get(service) ?? []).filter((each) => each !== canary)) {
            yield `${nameOf(canary)}: its Service ${service} is used by ${nameOf(other)} too; give that one another Service`;
          }
        }
      }
    }
  }),
};

/** By Service, the Ingresses that lead to it, each once for each of its rules that does. */
function usersOf(ingresses: readonly Ingress[]): ReadonlyMap<string, readonly Ingress[]> {
  const users = new Map<string, Ingress[]>();
  for (const ingress of ingresses) {
    for (const service of servicesOf(ingress)) {
      const known = users.get(service);
      if (known === undefined) users.set(service, [ingress]);
      else known.push(ingress);
    }
  }
  return users;
}

function namespaceOf({ metadata }: Ingress): string | undefined {
  return metadata?.namespace;
}

function servicesOf({ spec }: Ingress): string[] {
  const backends = (spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend));
  return [...backends, spec?.defaultBackend].flatMap((backend) => backend?.service?.name ?? []);
}
