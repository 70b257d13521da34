import { type Color } from "./color";

/** Who serves: the idle color gets `canaryWeight` percent of the requests, the active color the rest. */
export interface Traffic {
  readonly activeColor: Color;
  /** Percent, an integer from 0 to 100. */
  readonly canaryWeight: number;
}

/** The share of requests, in percent, that `traffic` gives to `color`. */
export function shareOf(traffic: Traffic, color: Color): number {
  return color === traffic.activeColor ? 100 - traffic.canaryWeight : traffic.canaryWeight;
}

/** True when `traffic` sends any request to `color`. */
export function serves(traffic: Traffic, color: Color): boolean {
  return shareOf(traffic, color) > 0;
}
