import type { ServiceArgs } from "@pulumi/kubernetes/core/v1";
import { servedImage } from "../model/names";
import { skipAwait } from "./annotations";
import { metadataOf, type Owner, selectorOf } from "./metadata";

/**
 * The Service of one color, which routes name. Nothing of it that traffic goes by ever changes, and whether it has endpoints
 * is a gate's to ask. `served` is the image that the color had when it was last left as the active one.
 */
export function serviceArgs(owner: Owner, port: number, served?: string): ServiceArgs {
  return {
    metadata: metadataOf(owner, { ...skipAwait, ...(served !== undefined && { [servedImage]: served }) }),
    spec: { selector: selectorOf(owner), ports: [{ name: "http", port, targetPort: "http" }] },
  };
}
