import type { SecretArgs } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { type SecretSettings } from "../model/settings";
import { dataOf, type KeyedFile } from "./files";
import { objectLabels } from "./labels";
import { type Owner, selectorOf } from "./metadata";

/**
 * Keeps a color's secret variables and files. Its name is drawn by the provider, at each content anew: a hash would let
 * whoever sees the name try guesses at the content (docs/adr/0008).
 */
export function secretArgs(owner: Owner, { env }: SecretSettings, files: readonly KeyedFile[]): SecretArgs {
  const metadata = { namespace: owner.namespace, labels: objectLabels(selectorOf(owner)) };
  return { metadata, immutable: true, stringData: pulumi.secret({ ...env, ...dataOf(files) }) };
}
