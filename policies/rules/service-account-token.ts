import { amending, withPod } from "./amend";
import { nameOf } from "./kubernetes";
import { type Rule } from "./rule";

interface Config {
  readonly except: readonly string[];
}

export const serviceAccountToken: Rule = {
  name: "service-account-token",
  description: "Pods get no token of a service account, unless their Deployment is excepted.",
  why: "A token in a pod that does not call the API server is only of use to who has broken into it.",
  severity: "medium",
  framework: {
    name: "CIS Kubernetes Benchmark",
    version: "1.10",
    reference: "5.1.6",
    specification: "Ensure that service account tokens are only mounted where necessary",
  },
  remediationSteps:
    "Set automountServiceAccountToken to false, or except the Deployment. With the level remediate it is set.",
  configSchema: {
    properties: {
      except: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Names of Deployments whose pods call the API server.",
      },
    },
  },
  levels: { dev: "remediate", prod: "remediate" },
  ...amending<Config>({
    *check(deployment, { config }) {
      if (deployment.spec?.template?.spec?.automountServiceAccountToken === false) return;
      const name = nameOf(deployment);
      if (!config.except.includes(name)) yield `${name}: its pods get a service account's token`;
    },
    amend: (deployment) => withPod(deployment, { automountServiceAccountToken: false }),
  }),
};
