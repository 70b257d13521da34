import { together } from "./check";
import { type HttpRoute, httpRouteType, type Ingress, ingressType, isCanary, nameOf } from "./kubernetes";
import { type Rule } from "./rule";

export const uniqueRoute: Rule = {
  name: "unique-route",
  description: "No two releases are on one host and path.",
  why: "Their requests go to one of them, and which one the controller chooses.",
  severity: "critical",
  remediationSteps: "Give each release a host or a path of its own.",
  levels: { dev: "mandatory", prod: "mandatory" },
  validateStack: together<Ingress & HttpRoute>([ingressType, httpRouteType], function* (resources) {
    const taken = new Map<string, string>();
    for (const { type, props } of resources) {
      const places = type === ingressType ? ingressPlaces(props) : routePlaces(props);
      for (const place of new Set(places)) {
        const other = taken.get(`${type} ${place}`);
        if (other === undefined) taken.set(`${type} ${place}`, nameOf(props));
        else yield `${nameOf(props)}: ${place} is taken by ${other} already; give each a host or path of its own`;
      }
    }
  }),
};

/** A canary is on its main Ingress's place; two canaries on one place are two releases. */
function ingressPlaces(ingress: Ingress): string[] {
  const { ingressClassName: name, rules = [] } = ingress.spec ?? {};
  const suffix = `${name === undefined ? "" : ` (class ${name})`}${isCanary(ingress) ? " as a canary" : ""}`;
  return rules.flatMap(({ host = "", http }) => (http?.paths ?? []).map(({ path = "/" }) => `${host}${path}${suffix}`));
}

function routePlaces({ spec }: HttpRoute): string[] {
  const paths = (spec?.rules ?? []).flatMap(({ matches = [] }) => matches.map(({ path }) => path?.value ?? "/"));
  return (spec?.hostnames ?? []).flatMap((host) => paths.map((path) => `${host}${path}`));
}
