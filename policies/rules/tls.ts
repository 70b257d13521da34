import { ofType } from "./check";
import { type Ingress, ingressType, nameOf } from "./kubernetes";
import { type Rule } from "./rule";

export const tls: Rule = {
  name: "tls",
  description: "Each host of an Ingress has TLS, with a certificate of its own.",
  why: "Without it, what users send can be read and changed on the way, and so can the cookie that chooses a color.",
  severity: "high",
  framework: {
    name: "NSA/CISA Kubernetes Hardening Guide",
    version: "1.2",
    reference: "Network separation and hardening",
    specification: "Encryption",
  },
  remediationSteps: "Set ingress.tls to the name of the secret that holds the host's certificate.",
  levels: { dev: "disabled", prod: "mandatory" },
  validateResource: ofType<Ingress>(ingressType, function* (ingress) {
    const covered = (ingress.spec?.tls ?? []).flatMap(({ hosts, secretName }) =>
      secretName === undefined ? [] : [...(hosts ?? [])],
    );
    for (const { host } of ingress.spec?.rules ?? []) {
      if (host === undefined || covered.includes(host)) continue;
      yield `${nameOf(ingress)}: ${host} has no TLS; set ingress.tls to the name of its secret`;
    }
  }),
};
