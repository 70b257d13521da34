import { type Color } from "../model/color";

/** Which service an object belongs to. */
export function serviceLabels(service: string): Record<string, string> {
  return { "app.kubernetes.io/name": service };
}

/**
 * Which pods one color of a service is made of. Deployments select by exactly these from the first day: a changed
 * selector is a replaced Deployment.
 */
export function colorSelector(service: string, color: Color): Record<string, string> {
  return { ...serviceLabels(service), "cyan.dev/color": color };
}

/** Labels of every object: `extra` is the selector, or the service's. */
export function objectLabels(extra: Readonly<Record<string, string>>): Record<string, string> {
  return { ...extra, "app.kubernetes.io/managed-by": "cyan" };
}
