import { ofType } from "./check";
import { type Deployment, deploymentType, nameOf } from "./kubernetes";
import { type Rule } from "./rule";

export const probes: Rule = {
  name: "probes",
  description: "Each container of a Deployment has a readiness and a liveness probe.",
  why: "Without a readiness probe a pod counts as ready when its process has started: the gate, and users, are then sent to it.",
  severity: "high",
  remediationSteps: "Set probes.readiness.path to what answers when requests can be served, and probes.liveness.path.",
  levels: { dev: "mandatory", prod: "mandatory" },
  validateResource: ofType<Deployment>(deploymentType, function* (deployment) {
    for (const container of deployment.spec?.template?.spec?.containers ?? []) {
      const { name, readinessProbe, livenessProbe } = container;
      const where = `${nameOf(deployment)}: container ${name ?? ""}`;
      if (readinessProbe === undefined) yield `${where} has no readinessProbe`;
      if (livenessProbe === undefined) yield `${where} has no livenessProbe`;
    }
  }),
};
