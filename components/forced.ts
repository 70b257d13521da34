import * as pulumi from "@pulumi/pulumi";
import { type GateAnswer } from "./gates/gate";
import { forcedAnnotation } from "./model/names";

/** What of the gates' answers does not hold, or was not asked, in lines for the update's log; empty when all hold. */
export function overridden(answers: readonly GateAnswer[]): string[] {
  return answers
    .filter(({ state }) => state !== "holds")
    .flatMap(({ gate, state, lines }) =>
      state === "later" ? [`${gate}: was not run`] : lines.map((line) => `${gate}: ${line.trim()}`),
    );
}

interface Inputs {
  readonly metadata: { readonly annotations?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>> };
}

/**
 * Records on every object that the gates guard what did not hold when traffic was moved by force. It is known only when the
 * environments have grown, which is why it is no plain input of a router.
 */
export function recordForced(what: pulumi.Output<string | undefined>): pulumi.ResourceTransformation {
  return ({ props, opts }) => {
    const { hooks } = opts as pulumi.CustomResourceOptions;
    if (hooks?.beforeUpdate === undefined) return undefined;
    const { metadata, ...rest } = props as Inputs;
    const annotations = pulumi.all([metadata.annotations ?? {}, what]).apply(([declared, text]) => {
      return text === undefined ? declared : { ...declared, [forcedAnnotation]: text };
    });
    return { props: { ...rest, metadata: { ...metadata, annotations } }, opts };
  };
}
