import { together } from "./check";
import { type Ingress, ingressType, isCanary, nameOf } from "./kubernetes";
import { type Rule } from "./rule";

export const uniqueRoute: Rule = {
  name: "unique-route",
  description: "No two releases are on one host and path.",
  why: "Their requests go to one of them, and which one the controller chooses.",
  severity: "critical",
  remediationSteps: "Give each release a host or a path of its own.",
  levels: { dev: "mandatory", prod: "mandatory" },
  validateStack: together<Ingress>([ingressType], function* (resources) {
    const taken = new Map<string, Ingress>();
    for (const { props: ingress } of resources) {
      // A canary is on its main Ingress's place; two canaries on one place are two releases.
      const kind = isCanary(ingress) ? "canary " : "";
      for (const place of new Set(placesOf(ingress))) {
        const other = taken.get(kind + place);
        if (other === undefined) taken.set(kind + place, ingress);
        else
          yield `${nameOf(ingress)}: ${place} is taken by ${nameOf(other)} already; give each a host or path of its own`;
      }
    }
  }),
};

function placesOf({ spec }: Ingress): string[] {
  const className = spec?.ingressClassName ?? "";
  return (spec?.rules ?? []).flatMap(({ host = "", http }) =>
    (http?.paths ?? []).map(({ path = "/" }) => `${host}${path}${className === "" ? "" : ` (class ${className})`}`),
  );
}
