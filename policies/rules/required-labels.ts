import { amending } from "./amend";
import { nameOf } from "./kubernetes";
import { type Rule } from "./rule";

interface Config {
  readonly labels: Readonly<Record<string, string>>;
}

export const requiredLabels: Rule = {
  name: "required-labels",
  description: "Deployments, and their pods, carry the labels that are asked for.",
  why: "Cost, alerts and network policies go by labels: what has none belongs to nobody.",
  severity: "low",
  remediationSteps:
    "Set the labels. With the level remediate those that are missing are set; selectors stay as they are.",
  configSchema: {
    properties: {
      labels: {
        type: "object",
        additionalProperties: { type: "string" },
        default: { "app.kubernetes.io/managed-by": "cyan" },
        description: "Labels by name, each with the value that it gets when it is missing.",
      },
    },
  },
  levels: { dev: "remediate", prod: "remediate" },
  ...amending<Config>({
    *check(deployment, { config }) {
      const template = deployment.spec?.template;
      for (const label of Object.keys(config.labels)) {
        if (deployment.metadata?.labels?.[label] === undefined) yield `${nameOf(deployment)}: has no label ${label}`;
        if (template?.metadata?.labels?.[label] === undefined)
          yield `${nameOf(deployment)}: its pods have no label ${label}`;
      }
    },
    amend(deployment, { config }) {
      const template = deployment.spec?.template;
      const labelled = <M extends { readonly labels?: object }>(metadata: M | undefined) => ({
        ...metadata,
        labels: { ...config.labels, ...metadata?.labels },
      });
      return {
        ...deployment,
        metadata: labelled(deployment.metadata),
        spec: { ...deployment.spec, template: { ...template, metadata: labelled(template?.metadata) } },
      };
    },
  }),
};
