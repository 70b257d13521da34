import { type Ingress } from "../../live/cluster";
import { type Color, colors } from "../../model/color";
import { type LiveRoute } from "../../model/live";
import { names } from "../../model/names";
import { annotationNames } from "./annotations";

/** The route of a service as the Ingresses of its namespace have it; undefined when it has no main Ingress. */
export function liveRoute(ingresses: readonly Ingress[], service: string): LiveRoute | undefined {
  const find = (name: string): Ingress | undefined => ingresses.find((each) => each.metadata?.name === name);
  const main = find(names.active(service));
  if (main === undefined) return undefined;
  const canary = find(names.canary(service));
  const active = colorOf(main, service);
  const recorded = recordOf(main);
  const movedAt = lastWrite([main, ...(canary === undefined ? [] : [canary])]);
  return {
    ...(active && { active }),
    ...(canary && { canary: canaryOf(canary, service) }),
    ...(recorded && { recorded }),
    ...(movedAt && { movedAt }),
  };
}

/** The color whose Service an Ingress leads to. */
function colorOf(ingress: Ingress, service: string): Color | undefined {
  const backend = ingress.spec?.rules?.[0]?.http?.paths[0]?.backend.service?.name;
  return colors.find((color) => names.environment(service, color) === backend);
}

function canaryOf(canary: Ingress, service: string): NonNullable<LiveRoute["canary"]> {
  const color = colorOf(canary, service);
  const annotations = canary.metadata?.annotations ?? {};
  const total = Math.max(100, Number(annotations[annotationNames.weightTotal] ?? 100));
  const weight = Number(annotations[annotationNames.weight] ?? 0);
  return { ...(color && { color }), weight: Math.min(100, Math.max(0, (100 * weight) / total)) };
}

function recordOf(main: Ingress): LiveRoute["recorded"] {
  const annotations = main.metadata?.annotations ?? {};
  const activeColor = colors.find((color) => color === annotations[annotationNames.activeColor]);
  const weight = annotations[annotationNames.canaryWeight];
  return activeColor === undefined || weight === undefined ? undefined : { activeColor, canaryWeight: Number(weight) };
}

/** When a spec or an annotation was last written; the status that a controller writes moves no traffic. */
function lastWrite(ingresses: readonly Ingress[]): Date | undefined {
  const times = ingresses
    .flatMap((ingress) => ingress.metadata?.managedFields ?? [])
    .flatMap(({ time, subresource }) => (time === undefined || subresource === "status" ? [] : [time.getTime()]));
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}
