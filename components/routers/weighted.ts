import { type KubernetesObject, type ObjectKind } from "../live/cluster";
import { applyPatches, type LiveObjects, type LiveRouter, type Patch, readObjects } from "../live/router";
import { type Color, colors, otherColor } from "../model/color";
import { type LiveRoute } from "../model/live";
import { names } from "../model/names";
import { insidePatch } from "./inside";
import { lastWrite, recordOf, trafficRecord } from "./record";

/** One of the places that a split leads to. */
export interface Backend {
  /** Name of a color's Service. */
  readonly name: string;
  readonly weight: number;
}

interface WeightedArgs<Spec> {
  /** The kind of the object that splits; it is called like its service. */
  readonly kind: ObjectKind;
  /** The active color's place, then the idle color's. */
  readonly backends: (spec: Spec) => readonly Backend[];
  /** The same spec with other weights, for the same places in the same order. */
  readonly weighted: (spec: Spec, weights: readonly [active: number, idle: number]) => Spec;
}

/** The live half of a router that splits by the weights of two places in one object: its moves are one write a service. */
export function weightedRouter<Spec extends object>({ kind, backends, weighted }: WeightedArgs<Spec>): LiveRouter {
  const find = (objects: LiveObjects, service: string): { object: KubernetesObject; spec: Spec } | undefined => {
    const object = objects.of(kind).find(({ metadata }) => metadata?.name === names.active(service));
    const spec = (object as { spec?: Spec } | undefined)?.spec;
    return object === undefined || spec === undefined ? undefined : { object, spec };
  };
  return {
    kinds: [kind],
    trafficObjects: (service) => [
      { kind: kind.kind, name: names.active(service) },
      { kind: "Service", name: names.active(service) },
    ],
    read: (objects, service) => {
      const found = find(objects, service);
      return found && routeOf(found.object, backends(found.spec), service);
    },
    move: async (cluster, services, traffic) => {
      const objects = await readObjects(cluster, [kind]);
      const annotations = trafficRecord(traffic);
      const weights = [100 - traffic.canaryWeight, traffic.canaryWeight] as const;
      const splits = services.flatMap((service): Patch[] => {
        const found = find(objects, service);
        if (found === undefined) return [];
        const active = colorOf(backends(found.spec)[0]?.name, service);
        const led = active === traffic.activeColor ? found.spec : exchanged(found.spec, service);
        const change = { metadata: { annotations }, spec: weighted(led, weights) };
        return [{ service, kind, name: names.active(service), change }];
      });
      const inside = services.flatMap((service) => insidePatch(objects.services, service, traffic.activeColor));
      await applyPatches(cluster, services, [splits, inside]);
    },
  };
}

function routeOf(object: KubernetesObject, [first, second]: readonly Backend[], service: string): LiveRoute {
  const active = colorOf(first?.name, service);
  const color = colorOf(second?.name, service);
  const total = (first?.weight ?? 0) + (second?.weight ?? 0);
  const recorded = recordOf(object);
  const movedAt = lastWrite([object]);
  return {
    ...(active && { active }),
    ...(second && { canary: { ...(color && { color }), weight: total === 0 ? 0 : (100 * second.weight) / total } }),
    ...(recorded && { recorded }),
    ...(movedAt && { movedAt }),
  };
}

/** The color whose Service is called `name`. */
function colorOf(name: string | undefined, service: string): Color | undefined {
  return colors.find((color) => names.environment(service, color) === name);
}

/** The same value with each color's Service in the place of the other's, wherever one is named. */
export function exchanged<T>(value: T, service: string): T {
  if (typeof value === "string") {
    const color = colorOf(value, service);
    return (color === undefined ? value : names.environment(service, otherColor(color))) as T;
  }
  if (Array.isArray(value)) return value.map((each: unknown) => exchanged(each, service)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, exchanged(each, service)])) as T;
}
