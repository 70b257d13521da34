import { leastOf, scaleOf } from "./capacity";
import { type Color, colors, otherColor, perColor } from "./color";
import { activeOf, declaredIn, hasServed, type Live, liveShares, type LiveService } from "./live";
import { capabilitiesOf } from "./routers";
import { type ServiceSettings, type Settings } from "./settings";
import { type Traffic } from "./traffic";
import { movesTraffic, type Transition } from "./transition";

/**
 * A transition as the release's policies see it: what is live, read from the cluster, beside what is declared. All of it is
 * literal, so that a preview enforces what it forbids.
 */
export interface TransitionInputs {
  /**
   * Whether nothing moves: no request goes elsewhere, and no image changes. What stands here is then that of no
   * transition, and the release keeps the record of the last one (see release.ts).
   */
  readonly atRest: boolean;
  /** Why the live traffic could not be read; absent when it was. */
  readonly unknown?: string;
  /** Whether all that moves goes back: to the color that was left, with the image it had then, or to a lower weight. */
  readonly rollback: boolean;
  /** Whether an earlier update recorded the declared traffic and did not bring it to its end: this one does. */
  readonly resumes: boolean;
  /** When traffic was last moved, in ISO 8601; absent when there is none yet, or the cluster does not say. */
  readonly lastMovedAt?: string;
  readonly services: readonly ServiceTransitionInputs[];
}

/** What a transition does to one service. */
export interface ServiceTransitionInputs {
  readonly name: string;
  /** Who serves: `none` before the first deploy; `unknown` when it could not be read, or was led elsewhere by hand. */
  readonly previous: Traffic | "none" | "unknown";
  readonly next: Traffic;
  readonly colors: Readonly<Record<Color, ColorTransitionInputs>>;
}

export interface ColorTransitionInputs {
  /** Endpoints that are ready now. */
  readonly ready: number;
  /** Replicas that are asked for now. */
  readonly replicas: number;
  /** Replicas that are declared for a color that serves. */
  readonly fullSize: number;
  /** Ready endpoints that the color's growing share asks for; 0 when it does not grow. */
  readonly needed: number;
  /** Absent when the color is not there yet. */
  readonly liveImage?: string;
  readonly image: string;
}

/** What policies are told of a transition. Pure, and the same for the same live traffic: no clock is read. */
export function transitionInputs(live: Live, settings: Settings, transition: Transition): TransitionInputs {
  const found = new Map(live.known ? live.services.map((service) => [service.name, service]) : []);
  const services = settings.services.map((service): ServiceTransitionInputs => {
    const now = found.get(service.name);
    return {
      name: service.name,
      previous: live.known ? previousOf(now) : "unknown",
      next: nextOf(service, settings),
      colors: perColor((color) => colorInputs(color, service, { now, transition })),
    };
  });
  const moved = [...found.values()].flatMap(({ route }) => (route?.movedAt === undefined ? [] : [route.movedAt]));
  const last = moved.toSorted((one, other) => one.getTime() - other.getTime()).at(-1);
  const moving = settings.services.filter(({ name }) => moves(transition, name));
  return {
    atRest: live.known && !movesTraffic(transition) && !services.some(changesImage),
    ...(!live.known && { unknown: live.why }),
    rollback: moving.length > 0 && moving.every((service) => goesBack(service, found.get(service.name), settings)),
    resumes: moving.some(({ name }) => isRecorded(found.get(name), settings.traffic)),
    ...(last && { lastMovedAt: last.toISOString() }),
    services,
  };
}

/**
 * The image that each service's color last served with as the active one: what a rollback goes back to. It is known from the
 * flip that leaves the color on, and kept on the color's own Service, which is not traffic's. A rollback records nothing: what
 * it leaves is no release to go back to, and is gated like any other when it is tried again.
 */
export function servedImages(
  live: Live,
  settings: Settings,
): Readonly<Record<Color, Readonly<Record<string, string>>>> {
  const next = settings.traffic.activeColor;
  const services = live.known ? live.services : [];
  return perColor((color) => {
    const images = services.flatMap((service) => {
      const { image, served } = service.environments[color];
      const declared = settings.services.find(({ name }) => name === service.name)?.workloads[next].image;
      const back = declared !== undefined && hasServed(service.environments[next], declared);
      const left = activeOf(service) === color && color !== next && !back ? image : served;
      return left === undefined ? [] : [[service.name, left] as const];
    });
    return Object.fromEntries(images);
  });
}

function previousOf(service: LiveService | undefined): ServiceTransitionInputs["previous"] {
  if (service === undefined || (service.route === undefined && service.inside === undefined)) return "none";
  const activeColor = activeOf(service);
  if (activeColor === undefined) return "unknown";
  return { activeColor, canaryWeight: liveShares(service)[otherColor(activeColor)] };
}

/** A service that no route leads to has the declared weight all the same; one that pods split, what they come to. */
function nextOf(service: ServiceSettings, settings: Settings): Traffic {
  const { traffic } = settings;
  if (capabilitiesOf(settings).shareBy === "weight") return traffic;
  return { ...traffic, canaryWeight: declaredIn(service, settings)[otherColor(traffic.activeColor)] };
}

function colorInputs(
  color: Color,
  service: ServiceSettings,
  { now, transition }: { readonly now: LiveService | undefined; readonly transition: Transition },
): ColorTransitionInputs {
  const environment = now?.environments[color];
  const need = transition.needs.find((each) => each.service === service.name && each.color === color);
  return {
    ready: environment?.ready ?? 0,
    replicas: environment?.replicas ?? 0,
    fullSize: leastOf(scaleOf(service.workloads[color], true, "all")),
    needed: need?.needed ?? 0,
    ...(environment?.image !== undefined && { liveImage: environment.image }),
    image: service.workloads[color].image,
  };
}

function changesImage(service: ServiceTransitionInputs): boolean {
  return colors.some((color) => {
    const { liveImage, image } = service.colors[color];
    return liveImage !== undefined && liveImage !== image;
  });
}

function moves({ services }: Transition, name: string): boolean {
  return services.some((each) => each.service === name && each.moves);
}

function isRecorded(service: LiveService | undefined, { activeColor, canaryWeight }: Traffic): boolean {
  const recorded = service?.route?.recorded;
  return recorded?.activeColor === activeColor && recorded.canaryWeight === canaryWeight;
}

/** A flip is a rollback when the color has served before with the very image that it has, and is to have. */
function goesBack(service: ServiceSettings, live: LiveService | undefined, settings: Settings): boolean {
  const previous = previousOf(live);
  if (live === undefined || previous === "none" || previous === "unknown") return false;
  const { workloads } = service;
  const traffic = nextOf(service, settings);
  if (previous.activeColor === traffic.activeColor) return traffic.canaryWeight < previous.canaryWeight;
  return hasServed(live.environments[traffic.activeColor], workloads[traffic.activeColor].image);
}
