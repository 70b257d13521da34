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
    for (const canary of ingresses.filter(isCanary)) {
      const services = servicesOf(canary);
      for (const other of ingresses) {
        if (other === canary || other.metadata?.namespace !== canary.metadata?.namespace) continue;
        for (const service of servicesOf(other).filter((each) => services.includes(each))) {
          yield `${nameOf(canary)}: its Service ${service} is used by ${nameOf(other)} too; give that one another Service`;
        }
      }
    }
  }),
};

function servicesOf({ spec }: Ingress): string[] {
  const backends = (spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend));
  return [...backends, spec?.defaultBackend].flatMap((backend) => backend?.service?.name ?? []);
}
