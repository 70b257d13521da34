import { type Standby, type WorkloadSettings } from "./settings";

/** How many pods an environment has: a fixed number, or what an autoscaler chooses between two. */
export type Scale = { readonly replicas: number } | { readonly min: number; readonly max: number };

/**
 * The scale of a workload. One that serves has its own; an idle one is kept at `standby`, so that a flip needs no time
 * when it is "all" and no capacity when it is 0.
 */
export function scaleOf(workload: WorkloadSettings, serving: boolean, standby: Standby): Scale {
  const { autoscaling, replicas } = workload;
  const idle = serving || standby === "all" ? undefined : standby;
  if (idle !== undefined) return { replicas: Math.min(idle, autoscaling?.minReplicas ?? replicas) };
  return autoscaling === undefined ? { replicas } : { min: autoscaling.minReplicas, max: autoscaling.maxReplicas };
}

/** The fewest pods that a scale means. */
export function leastOf(scale: Scale): number {
  return "replicas" in scale ? scale.replicas : scale.min;
}
