import { onTransition } from "./check";
import { type Rule } from "./rule";

interface Config {
  readonly maxStep: number;
}

/** The canary's weight before the transition, when its color stays idle; a color without traffic had none. */
function weightBefore(previous: unknown, activeColor: string): number | undefined {
  if (previous === "none") return 0;
  if (previous === "unknown") return undefined;
  const traffic = previous as { readonly activeColor: string; readonly canaryWeight: number };
  return traffic.activeColor === activeColor ? traffic.canaryWeight : undefined;
}

export const weightStep: Rule = {
  name: "weight-step",
  description: "The canary's weight rises by at most maxStep percent in one update.",
  why: "A small step shows a fault to few users, and gives an autoscaler time to follow.",
  severity: "high",
  remediationSteps: "Set canaryWeight to a value in between, run the update, watch it, and go on.",
  configSchema: {
    properties: {
      maxStep: { type: "integer", minimum: 1, maximum: 100, default: 30, description: "Largest step, in percent." },
    },
  },
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onTransition<Config>(function* ({ services }, { config }) {
    for (const { name, previous, next } of services) {
      const before = weightBefore(previous, next.activeColor);
      if (before === undefined) continue;
      const step = next.canaryWeight - before;
      if (step <= config.maxStep) continue;
      yield (
        `${name}: canaryWeight rises from ${before} to ${next.canaryWeight}, a step of ${step}; at most ${config.maxStep} ` +
        `is allowed, so set ${before + config.maxStep} first`
      );
    }
  }),
};
