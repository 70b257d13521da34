import type { HorizontalPodAutoscalerArgs } from "@pulumi/kubernetes/autoscaling/v2";
import { type AutoscalingSettings } from "../model/settings";
import { skipAwait } from "./annotations";
import { metadataOf, type Owner } from "./metadata";

/** What an autoscaler may choose between: pods, inclusive. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The autoscaler of a color's Deployment, by CPU. */
export function autoscalerArgs(
  owner: Owner,
  bounds: Bounds,
  settings: AutoscalingSettings,
): HorizontalPodAutoscalerArgs {
  const metadata = metadataOf(owner, skipAwait);
  const target = { type: "Utilization", averageUtilization: settings.cpuUtilization };
  return {
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: metadata.name },
      minReplicas: bounds.min,
      maxReplicas: bounds.max,
      metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
    },
  };
}
