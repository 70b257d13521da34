import type { DeploymentArgs, DeploymentPatchArgs } from "@pulumi/kubernetes/apps/v1";
import { type Duration } from "../model/duration";
import { names } from "../model/names";
import { patchForce } from "./annotations";
import { metadataOf, type Owner, selectorOf } from "./metadata";
import { type PodArgs, podTemplate } from "./pod";

interface Workload extends PodArgs {
  readonly replicas: number;
  /** How long it may take to become ready. */
  readonly readyTimeout: Duration;
}

/** The Deployment of one color: no pod of it goes before another is ready. */
export function deploymentArgs(owner: Owner, workload: Workload): DeploymentArgs {
  return {
    metadata: metadataOf(owner, patchForce),
    spec: {
      replicas: workload.replicas,
      revisionHistoryLimit: 3,
      minReadySeconds: workload.settings.readyFor.seconds,
      progressDeadlineSeconds: workload.readyTimeout.seconds,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
      selector: { matchLabels: selectorOf(owner) },
      template: podTemplate(owner, workload),
    },
  };
}

/** Only the number of a Deployment's pods. */
export function sizeArgs({ service, color, namespace }: Owner, replicas: number): DeploymentPatchArgs {
  const name = names.environment(service, color);
  return { metadata: { name, namespace, annotations: patchForce }, spec: { replicas } };
}
