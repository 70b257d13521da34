import type { ServiceArgs } from "@pulumi/kubernetes/core/v1";
import { skipAwait } from "./annotations";
import { metadataOf, type Owner, selectorOf } from "./metadata";

/** The Service of one color, which routes name. Nothing of it ever changes, and whether it has endpoints is a gate's to ask. */
export function serviceArgs(owner: Owner, port: number): ServiceArgs {
  return {
    metadata: metadataOf(owner, skipAwait),
    spec: { selector: selectorOf(owner), ports: [{ name: "http", port, targetPort: "http" }] },
  };
}
