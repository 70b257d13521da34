import { type Color } from "./color";

/** Who serves: the idle color gets `canaryWeight` percent of the requests, the active color the rest. */
export interface Traffic {
  readonly activeColor: Color;
  /** Percent, an integer from 0 to 100. */
  readonly canaryWeight: number;
}

/** The share of requests, in percent, that `traffic` gives to `color`. */
export function shareOf(traffic: Traffic, color: Color): number {
  return color === traffic.activeColor ? percent(100 - traffic.canaryWeight) : traffic.canaryWeight;
}

/** A percentage as it is compared and shown: with one digit after the point. */
export function percent(value: number): number {
  return Math.round(10 * value) / 10;
}

/**
 * True when `color` has to be at full size: it is active, or gets a share. The active color counts at weight 100 too: its
 * Service is the one that the main route names, and ingress-nginx answers 503 to everyone when that one is empty
 * (kubernetes/ingress-nginx#8212).
 */
export function serves(traffic: Traffic, color: Color): boolean {
  return color === traffic.activeColor || traffic.canaryWeight > 0;
}

/** Whether what was recorded, if anything was, is what is declared. */
export function isSame(recorded: Traffic | undefined, declared: Traffic): boolean {
  return recorded?.activeColor === declared.activeColor && recorded.canaryWeight === declared.canaryWeight;
}
