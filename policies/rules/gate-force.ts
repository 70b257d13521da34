import { onRelease } from "./check";
import { type Rule } from "./rule";

export const gateForce: Rule = {
  name: "gate-force",
  description: "The gate is not forced.",
  why: "gate.force moves traffic to pods whether or not they are ready.",
  severity: "critical",
  remediationSteps: "pulumi config rm --path gate.force, and mend what the gate names.",
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onRelease(function* ({ gate }) {
    if (gate.force) yield "gate.force is true; remove it, and mend what the gate names";
  }),
};
