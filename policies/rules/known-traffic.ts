import { onTransition } from "./check";
import { type Rule } from "./rule";

export const knownTraffic: Rule = {
  name: "known-traffic",
  description: "The traffic that is live is known before it is moved.",
  why: "What is not known cannot be compared: no other rule on a transition means anything then.",
  severity: "critical",
  remediationSteps:
    "Give the preview access to the cluster: reading Services, Deployments, EndpointSlices and routes of the namespace is enough. " +
    "A route that leads to neither color was changed by hand: lead it back.",
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onTransition(function* ({ unknown, services }) {
    if (unknown !== undefined) {
      yield `live traffic could not be read: ${unknown}; give the preview access to the cluster`;
      return;
    }
    for (const { name, previous } of services) {
      if (previous !== "unknown") continue;
      yield `${name}: its route leads to neither color, so what moves is not known; lead it back to one by hand`;
    }
  }),
};
