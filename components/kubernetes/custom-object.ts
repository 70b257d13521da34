import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";

export interface CustomObjectArgs<Spec> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: Spec;
}

/** An object of a custom kind, whose spec is an output as the cluster has it. */
export class CustomObject<Spec extends object> extends CustomResource {
  declare readonly spec: pulumi.Output<Spec>;

  constructor(name: string, { metadata, ...args }: CustomObjectArgs<Spec>, opts: pulumi.CustomResourceOptions) {
    const { labels, annotations, ...rest } = metadata;
    super(name, { ...args, metadata: { ...rest, labels: { ...labels }, annotations: { ...annotations } } }, opts);
  }
}
