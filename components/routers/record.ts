import { type KubernetesObject } from "../live/cluster";
import { type Color, colors, perColor } from "../model/color";
import { type Traffic } from "../model/traffic";

const activeColorName = "cyan.dev/active-color";
const canaryWeightName = "cyan.dev/canary-weight";

/** Annotations on the objects that traffic goes by: our own record of what was declared. */
export function trafficRecord(traffic: Traffic): Record<string, string> {
  return { [activeColorName]: traffic.activeColor, [canaryWeightName]: String(traffic.canaryWeight) };
}

/** The traffic that was recorded on an object; undefined when it has no record. */
export function recordOf(object: KubernetesObject): Traffic | undefined {
  const annotations = object.metadata?.annotations ?? {};
  const activeColor = colors.find((color) => color === annotations[activeColorName]);
  const weight = annotations[canaryWeightName];
  return activeColor === undefined || weight === undefined ? undefined : { activeColor, canaryWeight: Number(weight) };
}

const podsName = (color: Color): string => `cyan.dev/${color}-pods`;

/** Annotations that say how many pods each color needs to carry everything, for a move that knows no config. */
export function podRecord(full: Readonly<Record<Color, number>>): Record<string, string> {
  return Object.fromEntries(colors.map((color) => [podsName(color), String(full[color])]));
}

/** What was recorded of the colors' sizes; undefined when nothing was. */
export function podsOf({ metadata }: KubernetesObject): Readonly<Record<Color, number>> | undefined {
  const pods = perColor((color) => Number(metadata?.annotations?.[podsName(color)]));
  return colors.every((color) => Number.isInteger(pods[color])) ? pods : undefined;
}

/** When any of the objects was last written; the status that a controller writes moves no traffic. */
export function lastWrite(objects: readonly KubernetesObject[]): Date | undefined {
  const times = objects
    .flatMap((object) => object.metadata?.managedFields ?? [])
    .flatMap(({ time, subresource }) => (time === undefined || subresource === "status" ? [] : [time.getTime()]));
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}
