/** Ingress controllers that read the canary annotations of ingress-nginx. */
export const controllerKinds = ["ingress-nginx", "traefik"] as const;
export type ControllerKind = (typeof controllerKinds)[number];

/** Major, minor, patch. */
export type Version = readonly [number, number, number];

/** A controller that is at work in a cluster. */
export interface Controller {
  readonly kind: ControllerKind;
  /** Absent when the cluster does not say. */
  readonly version?: Version;
}

/** The version in a text such as the tag `v3.7.11`; undefined when there is none. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch = "0"] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Whether `one` is a lower version than `other`. */
export function isBefore(one: Version, other: Version): boolean {
  const index = one.findIndex((part, place) => part !== other[place]);
  return index >= 0 && (one[index] ?? 0) < (other[index] ?? 0);
}
