import { ofType } from "./check";
import { containersOf, type Deployment, deploymentType, nameOf } from "./kubernetes";
import { type Rule } from "./rule";

interface Config {
  readonly requests: readonly string[];
  readonly limits: readonly string[];
}

const names = { type: "array", items: { type: "string" } } as const;

export const resourceLimits: Rule = {
  name: "resource-limits",
  description: "Each container asks for CPU and memory, and has a limit of memory.",
  why: "Without a request a pod is placed where there is no room, and is the first to be evicted; without a limit it takes others along.",
  severity: "medium",
  framework: {
    name: "NSA/CISA Kubernetes Hardening Guide",
    version: "1.2",
    reference: "Network separation and hardening",
    specification: "Resource policies",
  },
  remediationSteps: "Set resources.requests and resources.limits, from what the pods use.",
  configSchema: {
    properties: {
      requests: { ...names, default: ["cpu", "memory"], description: "Resources that are asked for." },
      limits: { ...names, default: ["memory"], description: "Resources that are limited; a limit of CPU throttles." },
    },
  },
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: ofType<Deployment, Config>(deploymentType, function* (deployment, { config }) {
    for (const { name, resources } of containersOf(deployment)) {
      for (const kind of ["requests", "limits"] as const) {
        const missing = config[kind].filter((resource) => resources?.[kind]?.[resource] === undefined);
        if (missing.length === 0) continue;
        yield `${nameOf(deployment)}: container ${name ?? ""} has no resources.${kind} of ${missing.join(" and ")}`;
      }
    }
  }),
};
