import { onRelease } from "./check";
import { type Rule } from "./rule";

interface Config {
  readonly maxWeight: number;
}

export const weightLimit: Rule = {
  name: "weight-limit",
  description: "The canary's weight is an integer from 0 to 100, and at most maxWeight unless it goes down.",
  why: "A canary that gets most of the requests is no trial: flip to it, so that the other color is kept for a rollback.",
  severity: "medium",
  remediationSteps:
    "Set canaryWeight to at most maxWeight, or set activeColor to the canary's color and canaryWeight to 0.",
  configSchema: {
    properties: {
      maxWeight: { type: "integer", minimum: 0, maximum: 100, default: 50, description: "Highest weight, in percent." },
    },
  },
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onRelease<Config>(function* ({ traffic, transition }, { config }) {
    const { canaryWeight } = traffic;
    if (!Number.isInteger(canaryWeight) || canaryWeight < 0 || canaryWeight > 100) {
      yield `canaryWeight is ${canaryWeight}; set an integer from 0 to 100`;
    } else if (canaryWeight > config.maxWeight && !transition.rollback) {
      yield `canaryWeight is ${canaryWeight}, over the limit of ${config.maxWeight}; set at most that, or flip to the canary`;
    }
  }),
};
