import { colors } from "../model/color";
import { type CompletedConfig, type CrossProblem, placesIn } from "./cross-problem";
import { type RawConfig } from "./schema";

/** What is wrong between the gates and the services that they are asked about. */
export function gateProblems(raw: RawConfig, settings: CompletedConfig): CrossProblem[] {
  return [...sizeProblems(settings), ...checkProblems(raw)];
}

/** A gate that asks for more endpoints than a color has at full size would never hold. */
function sizeProblems({ gate, services }: CompletedConfig): CrossProblem[] {
  const sizes = services.flatMap(({ name, workloads }) =>
    colors.map((color) => {
      const { autoscaling, replicas } = workloads[color];
      const reads = ["gate.minReady", ...placesIn(name, color, "autoscaling", "replicas")];
      return { path: `services.${name}.${color}`, size: autoscaling?.minReplicas ?? replicas, reads };
    }),
  );
  return sizes
    .filter(({ size }) => size < gate.minReady)
    .map(({ path, size, reads }) => ({
      path: "gate.minReady",
      message: `is ${gate.minReady}, and ${path} has ${size} replicas: no traffic could move to it; ask for fewer, or give it more`,
      reads,
    }));
}

/** A check of a service that is not there would never be made. */
function checkProblems({ gate, services }: RawConfig): CrossProblem[] {
  const known = Object.keys(services);
  return Object.keys(gate.http?.services ?? {})
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `gate.http.services.${name}`,
      message: `is no service of this stack; there are ${known.join(", ")}`,
      reads: ["services"],
    }));
}
