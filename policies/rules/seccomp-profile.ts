import { amending, withPod } from "./amend";
import { nameOf } from "./kubernetes";
import { type Rule } from "./rule";

export const seccompProfile: Rule = {
  name: "seccomp-profile",
  description: "Pods run with the runtime's seccomp profile, or one of their own.",
  why: "Most faults of the kernel need a system call that no service makes.",
  severity: "medium",
  framework: {
    name: "CIS Kubernetes Benchmark",
    version: "1.10",
    reference: "5.7.2",
    specification: "Ensure that the seccomp profile is set to RuntimeDefault in pod definitions",
  },
  remediationSteps: "Set securityContext.seccompProfile.type to RuntimeDefault. With the level remediate it is set.",
  levels: { dev: "remediate", prod: "remediate" },
  ...amending({
    *check(deployment) {
      const type = deployment.spec?.template?.spec?.securityContext?.seccompProfile?.type;
      if (type !== "RuntimeDefault" && type !== "Localhost")
        yield `${nameOf(deployment)}: its pods have no seccomp profile`;
    },
    amend(deployment) {
      const securityContext = deployment.spec?.template?.spec?.securityContext;
      return withPod(deployment, {
        securityContext: { ...securityContext, seccompProfile: { type: "RuntimeDefault" } },
      });
    },
  }),
};
