import type { ServiceAccountArgs } from "@pulumi/kubernetes/core/v1";
import { metadataOf, type Owner } from "./metadata";

/**
 * The account that a color's pods run as, so that none shares the namespace's default one. Neither it nor the pods get a
 * token of the API server. A cloud's workload identity goes by `annotations`, and brings a token of its own.
 */
export function serviceAccountArgs(owner: Owner, annotations: Readonly<Record<string, string>>): ServiceAccountArgs {
  const has = Object.keys(annotations).length > 0;
  return { metadata: metadataOf(owner, has ? annotations : undefined), automountServiceAccountToken: false };
}
