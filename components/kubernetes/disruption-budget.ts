import type { PodDisruptionBudgetArgs } from "@pulumi/kubernetes/policy/v1";
import { metadataOf, type Owner, selectorOf } from "./metadata";

/** Lets the cluster's upkeep take one pod of a color at a time. */
export function disruptionBudgetArgs(owner: Owner): PodDisruptionBudgetArgs {
  return { metadata: metadataOf(owner), spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(owner) } } };
}
