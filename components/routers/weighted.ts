import { type KubernetesObject, type ObjectKind } from "../live/cluster";
import { applyPatches, type LiveObjects, type LiveRouter, type Patch, readObjects } from "../live/router";
import { type Color, colors, otherColor } from "../model/color";
import { type LiveRoute } from "../model/live";
import { names } from "../model/names";
import { type Traffic } from "../model/traffic";
import { insidePatch } from "./inside";
import { lastWrite, recordOf, trafficRecord } from "./record";

/** One of the places that a split leads to. */
export interface Backend {
  /** Name of a color's Service. */
  readonly name: string;
  readonly weight: number;
}

interface Follower {
  readonly kind: ObjectKind;
  readonly name: (service: string) => string;
}

/** The part of an object that splits. */
export interface Part<Split> {
  readonly read: (object: KubernetesObject) => Split | undefined;
  readonly change: (split: Split) => {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly spec?: object;
  };
}

/** The part is the spec, as it is with most kinds. */
export function specPart<Spec extends object>(): Part<Spec> {
  return { read: (object) => (object as { readonly spec?: Spec }).spec, change: (spec) => ({ spec }) };
}

interface WeightedArgs<Spec> {
  /** The kind of the object that splits. */
  readonly kind: ObjectKind;
  /** How it is called; like its service by default. */
  readonly name?: (service: string) => string;
  /** What of it splits; its spec by default. */
  readonly part?: Part<Spec>;
  /** The active color's place, then the idle color's. */
  readonly backends: (spec: Spec) => readonly Backend[];
  /** Objects that name a color's Service besides; at a flip they follow. */
  readonly followers?: readonly Follower[];
  /** What splits, leading to the right colors, with the weights of a traffic. */
  readonly weighted: (spec: Spec, traffic: Traffic) => Spec;
}

/** The live half of a router that splits by the weights of two places in one object: its moves are one write a service. */
export function weightedRouter<Spec extends object>(args: WeightedArgs<Spec>): LiveRouter {
  const { kind, name: nameOf = names.active, part = specPart<Spec>(), followers = [], backends, weighted } = args;
  const kinds = [...new Set([kind, ...followers.map((follower) => follower.kind)])];
  const find = (objects: LiveObjects, service: string): Found<Spec> | undefined =>
    findIn(objects, { kind, name: nameOf(service), part });
  return {
    kinds,
    trafficObjects: (service) => [
      { kind: kind.kind, name: nameOf(service), gives: "main" },
      ...followers.map((follower) => ({ kind: follower.kind.kind, name: follower.name(service) })),
      { kind: "Service", name: names.active(service), gives: "inside" },
    ],
    read: (objects, service) => {
      const found = find(objects, service);
      return found && routeOf(found.object, backends(found.split), service);
    },
    move: async (cluster, services, traffic) => {
      const objects = await readObjects(cluster, kinds);
      const splits = services.flatMap((service): Patch[] => {
        const found = find(objects, service);
        if (found === undefined) return [];
        const active = colorOf(backends(found.split)[0]?.name, service);
        const led = active === traffic.activeColor ? found.split : exchanged(found.split, service);
        const { annotations = {}, spec } = part.change(weighted(led, traffic));
        const metadata = { annotations: { ...annotations, ...trafficRecord(traffic) } };
        return [{ service, kind, name: nameOf(service), change: { metadata, ...(spec && { spec }) } }];
      });
      const flipped = services.filter((service) => {
        const found = find(objects, service);
        return found !== undefined && colorOf(backends(found.split)[0]?.name, service) !== traffic.activeColor;
      });
      const follow = followers.flatMap((follower) =>
        flipped.flatMap((service): Patch[] => {
          const name = follower.name(service);
          const found = findIn(objects, { kind: follower.kind, name, part: specPart<object>() });
          return found
            ? [{ service, kind: follower.kind, name, change: { spec: exchanged(found.split, service) } }]
            : [];
        }),
      );
      const inside = services.flatMap((service) => insidePatch(objects.services, service, traffic.activeColor));
      await applyPatches(cluster, services, [splits, follow, inside]);
    },
  };
}

interface Found<Split> {
  readonly object: KubernetesObject;
  readonly split: Split;
}

interface Wanted<Split> {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly part: Part<Split>;
}

function findIn<Split>(objects: LiveObjects, { kind, name, part }: Wanted<Split>): Found<Split> | undefined {
  const object = objects.of(kind).find(({ metadata }) => metadata?.name === name);
  const split = object && part.read(object);
  return object === undefined || split === undefined ? undefined : { object, split };
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

/** The weights of two places, the active color's first. */
export function weightsOf({ canaryWeight }: Traffic): readonly [active: number, idle: number] {
  return [100 - canaryWeight, canaryWeight];
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
