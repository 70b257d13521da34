import { type Color } from "../model/color";
import { type Duration } from "../model/duration";
import { type Findings } from "../model/findings";
import { type LiveRoute } from "../model/live";
import { type Settings } from "../model/settings";
import { type Traffic } from "../model/traffic";
import {
  type Change,
  type Cluster,
  type Deployment,
  type EndpointSlice,
  type KubernetesObject,
  type ObjectKind,
  type Service,
} from "./cluster";

/** What the cluster had when it was asked, once for all services. */
export interface LiveObjects {
  readonly services: readonly Service[];
  readonly deployments: readonly Deployment[];
  readonly slices: readonly EndpointSlice[];
  /** The objects of one of the router's own kinds; none when the cluster does not know the kind. */
  of(kind: ObjectKind): readonly KubernetesObject[];
}

/** An object that live traffic goes by. */
export interface TrafficObject {
  readonly kind: string;
  readonly name: string;
  /**
   * What it gives: the active color's requests, the canary's share where that is another object, or what callers inside
   * the cluster get; none of these for an object that only follows at a flip.
   */
  readonly gives?: "main" | "canary" | "inside";
}

/** The live half of a router: what its objects say now, and how they are moved without the engine. No Pulumi. */
export interface LiveRouter {
  /** Kinds that it reads and moves besides Services, Deployments and EndpointSlices. */
  readonly kinds: readonly ObjectKind[];
  /** Kinds that it only reads. */
  readonly reads?: readonly ObjectKind[];
  /** The objects that one service's traffic goes by, in the order in which they are moved. */
  trafficObjects(service: string): readonly TrafficObject[];
  /** The route of one service; undefined when there is none. */
  read(objects: LiveObjects, service: string): LiveRoute | undefined;
  /** Replicas that a controller asks for, of one color of a service. Absent where the colors' Deployments have the pods. */
  replicas?(objects: LiveObjects, service: string, color: Color): number;
  /**
   * Resolves when a controller leads the requests as the objects declare. Absent where the objects themselves lead them.
   *
   * @throws Error when it has given up, or has not brought it about in time; with what it says.
   */
  arrived?(cluster: Cluster, services: readonly string[], traffic: Traffic, timeout: Duration): Promise<void>;
  /**
   * What stands around the routes and is not as the config takes it to be. Absent for a router that has no rules for it.
   */
  lint?(cluster: Cluster, settings: Settings): Promise<Findings>;
  /**
   * Moves live traffic at once, for all services, by patching its objects past the engine: for an abort in an emergency.
   * The traffic is recorded on the objects as an update would, and the next update takes the fields back. A color that
   * gets requests has to be ready for them; nothing here waits for it, but for pods that the move itself adds.
   *
   * @throws Error when there is nothing to move for a service, or when the API server refuses.
   */
  move(cluster: Cluster, services: readonly string[], traffic: Traffic): Promise<void>;
}

/** Every kind of a router's own. */
export function kindsOf({ kinds, reads = [] }: Pick<LiveRouter, "kinds" | "reads">): readonly ObjectKind[] {
  return [...kinds, ...reads];
}

/** Asks the cluster for everything that a router reads. */
export async function readObjects(cluster: Cluster, kinds: readonly ObjectKind[]): Promise<LiveObjects> {
  const [services, deployments, slices, ...lists] = await Promise.all([
    cluster.services(),
    cluster.deployments(),
    cluster.endpointSlices(),
    ...kinds.map((kind) => cluster.objects(kind)),
  ]);
  const own = new Map(kinds.map((kind, index) => [kind, lists[index]]));
  return { services, deployments, slices, of: (kind) => own.get(kind) ?? [] };
}

/** One write of a move. */
export interface Patch {
  readonly service: string;
  readonly kind: ObjectKind;
  readonly name: string;
  readonly change: Change;
}

/** Patches that do not wait for each other, or what comes between two stages and rejects when there is no going on. */
type Stage = readonly Patch[] | (() => Promise<void>);

/**
 * Goes through one stage after another.
 *
 * @throws Error before any write, when a service has none; and as what comes between two stages does.
 */
export async function applyPatches(
  cluster: Cluster,
  services: readonly string[],
  stages: readonly Stage[],
): Promise<void> {
  const patches = stages.flatMap((stage) => (typeof stage === "function" ? [] : stage));
  const without = services.filter((name) => !patches.some(({ service }) => service === name));
  if (without.length > 0) throw new Error(`no object gives the traffic of ${without.join(", ")}; run pulumi up`);
  for (const stage of stages) {
    if (typeof stage === "function") await stage();
    else await Promise.all(stage.map(({ kind, name, change }) => cluster.patch(kind, name, change)));
  }
}
