import { createHash } from "node:crypto";
import type { ConfigMapArgs } from "@pulumi/kubernetes/core/v1";
import { dataOf, type KeyedFile } from "./files";
import { metadataOf, type Owner } from "./metadata";

/**
 * What the name of an object with this content ends in: other content is another object, which pods of one Deployment
 * never share. 40 bits, as in kustomize: a color has a handful of them, not millions.
 */
export function contentHash(data: Readonly<Record<string, string>>): string {
  const ordered = Object.entries(data).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(ordered)).digest("hex").slice(0, 10);
}

/** Keeps a color's files, and ends in a hash of them. */
export function configMapArgs(owner: Owner, files: readonly KeyedFile[]): ConfigMapArgs {
  const data = dataOf(files);
  const metadata = metadataOf(owner);
  return { metadata: { ...metadata, name: `${metadata.name}-config-${contentHash(data)}` }, immutable: true, data };
}
