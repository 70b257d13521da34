import { leastOf, podsIn, type Scale, scaleIn, scaleOf, type SizeSettings } from "./capacity";
import { type Color, colors, otherColor, perColor } from "./color";
import {
  activeOf,
  declaredIn,
  hasServed,
  type LiveEnvironment,
  type LiveService,
  liveShares,
  noShares,
  servingNow,
} from "./live";
import { capabilitiesOf } from "./routers";
import { type ServiceSettings, type Settings, type WorkloadSettings } from "./settings";
import { isSame } from "./traffic";

/** How many ready endpoints a color needs before it may get its share. */
export interface Need {
  readonly service: string;
  readonly color: Color;
  /** Percent of requests that it is to get. */
  readonly share: number;
  /** Ready endpoints when the plan was made. */
  readonly ready: number;
  readonly needed: number;
  /** Replicas that the update gives the color before its gate is asked; absent when its Deployment stays as it is. */
  readonly growsTo?: number;
}

/** A color that gets its first share of a service's requests, or that a flip goes to; never by a rollback. */
export interface Entry {
  readonly service: string;
  readonly color: Color;
}

/**
 * A color that is to get more requests needs enough ready endpoints for them: its part of those that serve now, and at
 * least `gate.minReady`. At a flip that is all of them, whatever weight is kept: between the two routes' writes both lead
 * to the next active color. The color that the main route leads to already needs a single one: requests that come back to
 * it are a rollback, and it is serving. A run that resumes one whose gate held, as the main route's record shows, needs no
 * more than `gate.minReady`, so that it can always be brought to its end. A color with an autoscaler needs no more than its
 * fewest pods: it does not grow before it has requests, so that a gate that asks for more would never hold. Nor does a
 * color that a rollback goes back to need more than its own size: it carried all requests with that many.
 *
 * Nothing is asked where a controller makes the pods: it does so after the write that the gate stands before, and leads no
 * request before they are ready.
 */
export function needsOf(service: ServiceSettings, live: LiveService | undefined, settings: Settings): Need[] {
  const { pods, shareBy } = capabilitiesOf(settings);
  if (pods === "controller") return [];
  return shareBy === "pods" ? podNeeds(service, live, settings) : weightNeeds(service, live, settings);
}

function weightNeeds(service: ServiceSettings, live: LiveService | undefined, settings: Settings): Need[] {
  const before = live === undefined ? noShares : liveShares(live);
  const now = live === undefined ? 0 : servingNow(live);
  const after = declaredIn(service, settings);
  const resumed = isSame(live?.route?.recorded, settings.traffic);
  return colors.flatMap((color) => {
    const share = after[color];
    const led = live?.route?.active === color;
    const next = color === settings.traffic.activeColor;
    const retargeted = next && ((service.route !== undefined && !led) || live?.inside !== color);
    if (share <= before[color] && !retargeted) return [];
    const workload = service.workloads[color];
    const need = {
      service: service.name,
      color,
      share,
      ready: live?.environments[color].ready ?? 0,
      ...growth(workload, live?.environments[color], scaleOf(workload, true, settings.standby)),
    };
    if (led && before[color] > 0) return need.ready > 0 ? [] : [{ ...need, needed: 1 }];
    const bounded = workload.autoscaling !== undefined || isReturn(service, live, color);
    const most = bounded ? leastOf(scaleOf(workload, true, "all")) : Infinity;
    const part = resumed ? 0 : Math.min(most, Math.ceil(((next ? 100 : share) * now) / 100));
    return [{ ...need, needed: Math.max(settings.gate.minReady, part) }];
  });
}

/**
 * Where the ratio of pods is what splits requests, each color that keeps pods has all that are declared for it before the
 * other loses any: fewer would be another ratio, and less than serves now. When what is declared is less than serves now, as
 * after a change of `replicas` in the same update, it is asked for the rest, unless requests go back to it. Nothing is asked
 * when nothing moves: a pod that is not ready bends the ratio for as long as that lasts. Nor is it of a run that resumes
 * another and takes no ready pod away.
 */
function podNeeds(service: ServiceSettings, live: LiveService | undefined, settings: Settings): Need[] {
  const after = declaredIn(service, settings);
  if (live !== undefined && !movesPods(service, live, settings)) return [];
  const size = perColor((color) => scaleIn(service, color, settings).replicas);
  const serving = live === undefined ? 0 : servingNow(live);
  const resumed = isSame(live?.route?.recorded, settings.traffic);
  const loses = colors.some((color) => size[color] < (live?.environments[color].ready ?? 0));
  if (resumed && !loses) return [];
  return colors
    .filter((color) => size[color] > 0)
    .map((color) => {
      const now = live?.environments[color];
      const shrinks = size[color] < (now?.replicas ?? 0);
      const bounded = shrinks || resumed || isReturn(service, live, color);
      return {
        service: service.name,
        color,
        share: after[color],
        ready: now?.ready ?? 0,
        ...(!shrinks && growth(service.workloads[color], now, scaleIn(service, color, settings))),
        needed: bounded ? size[color] : Math.max(size[color], serving - size[otherColor(color)]),
      };
    });
}

/** Whether a service's requests move, where the ratio of pods is what splits them: not when only pods are not ready. */
export function movesPods(service: ServiceSettings, live: LiveService, settings: SizeSettings): boolean {
  const sized = colors.every((color) => live.environments[color].replicas === podsIn(service, color, settings));
  if (sized && live.inside === undefined && isSame(live.route?.recorded, settings.traffic)) return false;
  const [before, after] = [liveShares(live), declaredIn(service, settings)];
  return colors.some((color) => before[color] !== after[color]);
}

/** The colors that gates try before they get requests. */
export function entriesOf(service: ServiceSettings, live: LiveService | undefined, settings: Settings): Entry[] {
  const { traffic } = settings;
  const after = declaredIn(service, settings);
  const before = live === undefined ? noShares : liveShares(live);
  const active = live === undefined ? undefined : activeOf(live);
  return colors
    .filter((color) => {
      const flip = color === traffic.activeColor && color !== active;
      const first = before[color] === 0 && after[color] > 0;
      return (flip || first) && !goesBack(service, live, color);
    })
    .map((color) => ({ service: service.name, color }));
}

/**
 * Whether requests that go to `color` go back to it: the main route leads to it, the last update left it so, or it was
 * the active color with the image that it has.
 */
function goesBack(service: ServiceSettings, live: LiveService | undefined, color: Color): boolean {
  if (live === undefined) return false;
  const { image } = live.environments[color];
  const left = live.route?.recorded?.activeColor === color && image === service.workloads[color].image;
  return activeOf(live) === color || left || isReturn(service, live, color);
}

/** Whether `color` was the active one with the very image that it has and is to have. */
function isReturn({ workloads }: ServiceSettings, live: LiveService | undefined, color: Color): boolean {
  return live !== undefined && hasServed(live.environments[color], workloads[color].image);
}

/** The size that a Deployment is given when it is not yet as declared. */
function growth(workload: WorkloadSettings, now: LiveEnvironment | undefined, { replicas, autoscaler }: Scale) {
  const found = now?.replicas ?? 0;
  const sized = autoscaler === undefined ? found === replicas : found >= replicas;
  return sized && now?.image === workload.image ? {} : { growsTo: replicas };
}
