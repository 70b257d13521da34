import { type Color } from "../model/color";
import { names } from "../model/names";
import { colorSelector, objectLabels } from "./labels";

/** Whose an object is: one color's of one service. */
export interface Owner {
  readonly service: string;
  readonly color: Color;
  /** Namespace of the object; it exists. */
  readonly namespace: string;
}

/** The labels that the owner's pods are selected by. */
export function selectorOf({ service, color }: Owner): Record<string, string> {
  return colorSelector(service, color);
}

/** Metadata of an object whose name is its owner's; what is not of one kind can have the same. */
export function metadataOf(owner: Owner, annotations?: Readonly<Record<string, string>>) {
  return {
    name: names.environment(owner.service, owner.color),
    namespace: owner.namespace,
    labels: objectLabels(selectorOf(owner)),
    ...(annotations && { annotations: { ...annotations } }),
  };
}
