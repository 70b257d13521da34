import * as pulumi from "@pulumi/pulumi";

/**
 * Leaves everything that the stack declares after this running when it is deleted: the release, its namespace, and an
 * ingress controller that was installed with it. The next update records it, and a destroy goes by the record.
 */
export function retainEverything(): void {
  pulumi.runtime.registerStackTransformation(({ props, opts }) => ({ props, opts: { ...opts, retainOnDelete: true } }));
}
