import { type Color, colors, otherColor } from "./color";
import { podsIn, type SizeSettings } from "./capacity";
import { type Foreign, type ForeignRoute } from "./foreign";
import { weightOfPods } from "./pod-split";
import { capabilitiesOf, isSplit } from "./routers";
import { type ServiceSettings } from "./settings";
import { percent, shareOf, type Traffic } from "./traffic";

/** What the cluster says now, or why it could not be asked. */
export type Live =
  | {
      readonly known: true;
      /** Whether a Cyan stack made the namespace; absent when there is none. */
      readonly namespace?: "cyans" | "foreign";
      readonly services: readonly LiveService[];
    }
  | { readonly known: false; readonly why: string };

/** One service as the cluster has it. */
export interface LiveService {
  readonly name: string;
  /** Where live requests go; absent when there is no route yet. */
  readonly route?: LiveRoute;
  /** The color that the in-cluster Service selects; absent when there is no such Service, or it selects no one color. */
  readonly inside?: Color;
  /** What did not hold when the last update moved traffic by force; absent when it did not. */
  readonly forced?: string;
  readonly environments: Readonly<Record<Color, LiveEnvironment>>;
  /** What Cyan did not make, and would write over; absent when there is no such object. */
  readonly foreign?: Foreign;
}

/** The route of a service, as its objects have it: nothing here is taken from what was declared. */
export interface LiveRoute {
  /** The color that the main route leads to; absent when someone led it elsewhere. */
  readonly active?: Color;
  /** The canary route; absent when there is none. */
  readonly canary?: {
    readonly color?: Color;
    readonly weight: number;
    /** Whether the weight is not what the objects say, but what the ready pods make of them. */
    readonly byPods?: true;
  };
  /** The traffic that the last update recorded on the objects; absent on objects that are not Cyan's. */
  readonly recorded?: Traffic;
  /** What a controller was to bring about and has given up, with what is said of that; what served serves on. */
  readonly aborted?: { readonly traffic: Traffic; readonly says: string };
  /** The route as someone else made it; absent on one that carries Cyan's record. */
  readonly foreign?: ForeignRoute;
  /** When the objects were last written to; absent when the cluster does not say. */
  readonly movedAt?: Date;
}

/** One color of one service. */
export interface LiveEnvironment {
  /** Endpoints that are ready and not ending. */
  readonly ready: number;
  /** Replicas that are asked for: by the Deployment, or by the controller that keeps the pods; 0 when there is none. */
  readonly replicas: number;
  /** Replicas that the Deployment asks for where a controller keeps the pods: those that another router left. */
  readonly deployed?: number;
  /** Absent when there is no Deployment. */
  readonly image?: string;
  /** The image that the color had when it was last left as the active one; absent when it never was. */
  readonly served?: string;
}

/** One service of what is live; undefined when it is not there, or the cluster could not be asked. */
export function liveOf(live: Live, name: string): LiveService | undefined {
  return live.known ? live.services.find((service) => service.name === name) : undefined;
}

/** The color that the main route leads to, or callers inside the cluster where there is no route. */
export function activeOf({ route, inside }: LiveService): Color | undefined {
  return route === undefined ? inside : route.active;
}

/** Whether a color has been left as the active one with the very image that it has, and that is `declared`. */
export function hasServed({ served, image }: LiveEnvironment, declared: string): boolean {
  return served !== undefined && served === image && served === declared;
}

/** Percent of live requests by color. What leads to neither color is in neither number. */
export type Shares = Readonly<Record<Color, number>>;

export const noShares: Shares = { blue: 0, green: 0 };

/** The shares that a traffic declares for a service. One that nothing splits gives all to its active color. */
export function declaredShares(traffic: Traffic, split: boolean): Shares {
  if (!split) return { ...noShares, [traffic.activeColor]: 100 };
  return { blue: shareOf(traffic, "blue"), green: shareOf(traffic, "green") };
}

/** The shares that a stack's settings come to for a service: where pods make them, those of the declared numbers. */
export function declaredIn(service: ServiceSettings, settings: SizeSettings): Shares {
  const { traffic } = settings;
  const split = isSplit(settings, service);
  if (!split || capabilitiesOf(settings).shareBy === "weight") return declaredShares(traffic, split);
  const { activeColor } = traffic;
  const pods = {
    active: podsIn(service, activeColor, settings),
    idle: podsIn(service, otherColor(activeColor), settings),
  };
  return declaredShares({ activeColor, canaryWeight: weightOfPods(pods) }, split);
}

/**
 * The live shares of a service: those of its route, or of its in-cluster Service when it has no route.
 *
 * A canary route that leads to the main route's own color splits nothing, and one whose color has no ready endpoint is
 * passed over by both controllers (tried on Traefik 3.7; ingress-nginx's balancer.lua says the same).
 */
export function liveShares(service: LiveService): Shares {
  const { route, inside, environments } = service;
  if (route === undefined) return inside === undefined ? noShares : { ...noShares, [inside]: 100 };
  const { active, canary } = route;
  const color = canary?.color;
  const splits = canary !== undefined && color !== undefined && color !== active && environments[color].ready > 0;
  const weight = splits ? canary.weight : 0;
  const shares = { ...noShares };
  const add = (to: Color | undefined, share: number): Shares =>
    to === undefined ? shares : Object.assign(shares, { [to]: share });
  add(active, percent(100 - weight));
  return splits ? add(color, weight) : shares;
}

/**
 * How many endpoints carry the live requests: those of the larger color that gets any. Not their sum: a color is sized to
 * carry everything, and two that share the requests are twice what is needed. Before a service is adopted they are those
 * of whatever serves it.
 */
export function servingNow(service: LiveService): number {
  const shares = liveShares(service);
  const foreign = service.foreign?.serving?.ready ?? 0;
  return Math.max(
    foreign,
    ...colors.filter((color) => shares[color] > 0).map((color) => service.environments[color].ready),
  );
}
