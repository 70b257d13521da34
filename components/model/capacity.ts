import { type Color, otherColor } from "./color";
import { controllersPods, type PodCounts, splitPods } from "./pod-split";
import { capabilitiesOf } from "./routers";
import { type ServiceSettings, type Settings, type Standby, type WorkloadSettings } from "./settings";
import { serves } from "./traffic";

/** How many pods an environment has. */
export interface Scale {
  /** Pods that have to be ready: all of them, or where there is an autoscaler the fewest that it may leave. */
  readonly replicas: number;
  /** Whether an idle environment is kept smaller than it would be if it served. */
  readonly reduced: boolean;
  /** Pods that a controller of the router's makes when the color gets requests; absent where the Deployment has them. */
  readonly kept?: number;
  /** What an autoscaler may choose between. With 0 replicas it is at rest, whatever stands here. */
  readonly autoscaler?: { readonly min: number; readonly max: number };
}

/**
 * The scale of a workload. One that serves has its own; an idle one is kept at `standby`, so that a flip needs no time
 * when it is "all" and no capacity when it is 0.
 */
export function scaleOf(workload: WorkloadSettings, serving: boolean, standby: Standby): Scale {
  const { autoscaling } = workload;
  const full = autoscaling?.minReplicas ?? workload.replicas;
  const replicas = serving || standby === "all" ? full : Math.min(standby, full);
  const reduced = replicas < full;
  if (autoscaling === undefined) return { replicas, reduced };
  // An autoscaler may not have a minimum of 0, and leaves a Deployment alone that was set to 0.
  const fixed = reduced && replicas > 0;
  const autoscaler = fixed ? { min: replicas, max: replicas } : { min: full, max: autoscaling.maxReplicas };
  return { replicas, reduced, autoscaler };
}

/** What of a stack's settings the sizes of its colors follow from. */
export interface SizeSettings extends Pick<Settings, "traffic" | "router" | "standby" | "argoRollouts"> {
  readonly gate: Pick<Settings["gate"], "minReady">;
}

/** The scale of one color of a service in the declared traffic. */
export function scaleIn(service: ServiceSettings, color: Color, settings: SizeSettings): Scale {
  const workload = service.workloads[color];
  const { pods, shareBy } = capabilitiesOf(settings);
  if (pods === "controller") return { replicas: 0, reduced: true, kept: workload.replicas };
  if (shareBy === "weight") {
    return scaleOf(workload, serves(settings.traffic, color), settings.standby);
  }
  const replicas = podsIn(service, color, settings);
  return { replicas, reduced: replicas < workload.replicas };
}

/** How many pods a color has where their ratio is what splits requests. */
export function podsIn({ workloads }: ServiceSettings, color: Color, settings: SizeSettings): number {
  const { activeColor, canaryWeight } = settings.traffic;
  const full = { active: workloads[activeColor].replicas, idle: workloads[otherColor(activeColor)].replicas };
  const split: PodCounts =
    capabilitiesOf(settings).pods === "controller"
      ? controllersPods(full, canaryWeight)
      : splitPods(full, canaryWeight, settings.gate.minReady);
  return split[color === activeColor ? "active" : "idle"];
}

/** The fewest pods that a scale means. */
export function leastOf(scale: Scale): number {
  return scale.replicas;
}
