import { type CanarySettings } from "../../model/settings";
import { type Traffic } from "../../model/traffic";
import { sessionCookie } from "../sessions";

export const prefix = "nginx.ingress.kubernetes.io";

/** Names of the annotations by which the controllers split. */
export const annotationNames = {
  canary: `${prefix}/canary`,
  header: `${prefix}/canary-by-header`,
  cookie: `${prefix}/canary-by-cookie`,
  weight: `${prefix}/canary-weight`,
  weightTotal: `${prefix}/canary-weight-total`,
  affinity: `${prefix}/affinity`,
  sessionCookie: `${prefix}/session-cookie-name`,
  sessionAge: `${prefix}/session-cookie-max-age`,
  sessionsOfCanary: `${prefix}/affinity-canary-behavior`,
} as const;

/**
 * `percent` as the part of `total` nearest to it. At 0 and 100 it is exact; between them it is never rounded to either,
 * so that a canary that was asked for gets requests and leaves some.
 *
 * @param percent an integer from 0 to 100.
 * @param total at least 100, so that each percent is another weight.
 */
export function scaledWeight(percent: number, total: number): number {
  return Math.round((percent * total) / 100);
}

/** What a canary Ingress says to ingress-nginx, and to Traefik's provider of the same name. */
export function canaryAnnotations(traffic: Traffic, canary: CanarySettings): Record<string, string> {
  const { weightTotal, affinity } = canary;
  return {
    [annotationNames.canary]: "true",
    [annotationNames.weight]: String(scaledWeight(traffic.canaryWeight, weightTotal)),
    [annotationNames.weightTotal]: String(weightTotal),
    ...overrideAnnotations(canary),
    ...(affinity && { [annotationNames.sessionsOfCanary]: sessionsOfCanary(traffic.canaryWeight) }),
  };
}

/** Who reaches the idle color whatever the weight is. */
export function overrideAnnotations(canary: CanarySettings): Record<string, string> {
  const { header, headerValue, headerPattern, cookie } = canary;
  return {
    ...(header !== undefined && { [annotationNames.header]: header }),
    ...(headerValue !== undefined && { [`${prefix}/canary-by-header-value`]: headerValue }),
    ...(headerPattern !== undefined && { [`${prefix}/canary-by-header-pattern`]: headerPattern }),
    ...(cookie !== undefined && { [annotationNames.cookie]: cookie }),
  };
}

/** What a main Ingress says of sessions. */
export function affinityAnnotations({ activeColor }: Traffic, { affinity }: CanarySettings): Record<string, string> {
  if (affinity === undefined) return {};
  const { cookie, maxAge } = affinity;
  return {
    [annotationNames.affinity]: "cookie",
    [annotationNames.sessionCookie]: sessionCookie(cookie, activeColor),
    ...(maxAge && { [annotationNames.sessionAge]: String(maxAge.seconds) }),
  };
}

/**
 * Whether the canary keeps the users that it has. At weight 0 it must not: ingress-nginx asks whose session it is before it
 * asks for the weight, and would go on sending them there (docs/adr/0009). Traefik forgets them at weight 0 by itself.
 */
export function sessionsOfCanary(canaryWeight: number): "sticky" | "legacy" {
  return canaryWeight > 0 ? "sticky" : "legacy";
}
