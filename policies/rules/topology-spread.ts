import { amending, withPod } from "./amend";
import { nameOf } from "./kubernetes";
import { type Rule } from "./rule";

export const topologySpread: Rule = {
  name: "topology-spread",
  description: "The pods of a Deployment of two replicas or more are spread over nodes.",
  why: "All pods on one node are gone with it.",
  severity: "medium",
  remediationSteps: "Declare topologySpreadConstraints over kubernetes.io/hostname. With the level remediate they are.",
  levels: { dev: "remediate", prod: "remediate" },
  ...amending({
    *check(deployment) {
      const constraints = deployment.spec?.template?.spec?.topologySpreadConstraints ?? [];
      if ((deployment.spec?.replicas ?? 1) < 2 || constraints.length > 0) return;
      yield `${nameOf(deployment)}: its pods may all be on one node`;
    },
    amend(deployment) {
      const matchLabels = { ...deployment.spec?.selector?.matchLabels };
      const constraint = {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        // A cluster with too few nodes still runs the pods.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels },
      };
      return withPod(deployment, { topologySpreadConstraints: [constraint] });
    },
  }),
};
