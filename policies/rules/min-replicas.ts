import { leastOf, scaleOf } from "../../components/model/capacity";
import { colors } from "../../components/model/color";
import { serves } from "../../components/model/traffic";
import { onRelease } from "./check";
import { type Rule } from "./rule";

interface Config {
  readonly minReplicas: number;
}

export const minReplicas: Rule = {
  name: "min-replicas",
  description: "A color that gets requests has at least minReplicas pods.",
  why: "One pod alone is gone when its node is: nothing answers until another has started.",
  severity: "high",
  remediationSteps: "Raise replicas, or autoscaling.minReplicas.",
  configSchema: {
    properties: {
      minReplicas: {
        type: "integer",
        minimum: 1,
        default: 2,
        description: "Fewest pods of a color that gets requests.",
      },
    },
  },
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onRelease<Config>(function* ({ services, traffic }, { config }) {
    for (const { name, workloads } of services) {
      for (const color of colors.filter((each) => serves(traffic, each))) {
        const pods = leastOf(scaleOf(workloads[color], true, "all"));
        if (pods >= config.minReplicas) continue;
        yield `services.${name}.${color}: has ${pods} replicas while it serves; give it at least ${config.minReplicas}`;
      }
    }
  }),
};
