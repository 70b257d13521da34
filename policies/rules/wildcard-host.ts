import { ofType } from "./check";
import { type Ingress, ingressType, nameOf } from "./kubernetes";
import { type Rule } from "./rule";

export const wildcardHost: Rule = {
  name: "wildcard-host",
  description: "Each rule of an Ingress names one host.",
  why: "A wildcard, or no host, takes requests that are another team's, and a canary on it splits them.",
  severity: "high",
  remediationSteps: "Name the host, and declare one Ingress rule for each.",
  levels: { dev: "mandatory", prod: "mandatory" },
  validateResource: ofType<Ingress>(ingressType, function* (ingress) {
    if (ingress.spec?.defaultBackend !== undefined)
      yield `${nameOf(ingress)}: has a default backend, which takes every host`;
    for (const { host } of ingress.spec?.rules ?? []) {
      if (host === undefined || host === "") yield `${nameOf(ingress)}: a rule has no host, and takes every one`;
      else if (host.includes("*")) yield `${nameOf(ingress)}: ${host} is a wildcard; name the host`;
    }
  }),
};
