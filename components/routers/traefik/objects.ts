import { type ObjectKind } from "../../live/cluster";
import { otherColor } from "../../model/color";
import { names } from "../../model/names";
import { type CanarySettings, type RouteSettings, type ServiceSettings } from "../../model/settings";
import { shareOf, type Traffic } from "../../model/traffic";
import { type Override, overridesOf } from "../overrides";
import { sessionCookie } from "../sessions";
import { type Backend, weightsOf } from "../weighted";

export const traefikServiceKind: ObjectKind = { apiVersion: "traefik.io/v1alpha1", kind: "TraefikService" };
export const ingressRouteKind: ObjectKind = { apiVersion: "traefik.io/v1alpha1", kind: "IngressRoute" };

interface ServiceRef {
  readonly name: string;
  readonly port?: number;
  readonly kind?: "TraefikService";
  readonly weight?: number;
}

interface Cookie {
  readonly name: string;
  readonly httpOnly: boolean;
  readonly maxAge?: number;
}

/** A TraefikService that splits by weights. */
export interface WeightedSpec {
  readonly weighted: { readonly services: readonly ServiceRef[]; readonly sticky?: { readonly cookie: Cookie } };
}

/** A TraefikService that sends copies. */
export interface MirroringSpec {
  readonly mirroring: ServiceRef & { readonly mirrors: readonly (ServiceRef & { readonly percent: number })[] };
}

interface Route {
  readonly kind: "Rule";
  readonly match: string;
  readonly priority?: number;
  readonly services: readonly ServiceRef[];
}

export interface IngressRouteSpec {
  readonly routes: readonly Route[];
  readonly tls?: { readonly secretName: string };
}

/** The Service of the color that is active or idle. */
export function colorService(to: Override["to"], service: ServiceSettings, { activeColor }: Traffic): ServiceRef {
  const color = to === "active" ? activeColor : otherColor(activeColor);
  return { name: names.environment(service.name, color), port: service.port };
}

/** Both colors by their shares, the active one first. */
export function weightedSpec(service: ServiceSettings, traffic: Traffic, { affinity }: CanarySettings): WeightedSpec {
  const { activeColor } = traffic;
  const refs = [activeColor, otherColor(activeColor)].map((color) => ({
    name: names.environment(service.name, color),
    port: service.port,
    weight: shareOf(traffic, color),
  }));
  const cookie = affinity && {
    name: sessionCookie(affinity.cookie, activeColor),
    httpOnly: true,
    ...(affinity.maxAge && { maxAge: affinity.maxAge.seconds }),
  };
  return { weighted: { services: refs, ...(cookie && { sticky: { cookie } }) } };
}

/** What the split gets, and copies of a part of it for the idle color. */
export function mirroringSpec(service: ServiceSettings, traffic: Traffic, percent: number): MirroringSpec {
  const mirrors = [{ ...colorService("idle", service, traffic), percent }];
  return { mirroring: { name: names.active(service.name), kind: "TraefikService", mirrors } };
}

/**
 * Everything on a host and path to `to`, and before it what carries a header to one color. Traefik goes by the length of
 * rules where no priority is given: an override comes just before its own route, and after those of longer paths.
 */
export function routesSpec(
  { host, path, tlsSecret }: RouteSettings,
  to: ServiceRef,
  overrides: readonly { readonly override: Override; readonly to: ServiceRef }[],
): IngressRouteSpec {
  const match = [`Host(${quoted(host)})`, ...pathMatch(path)].join(" && ");
  return {
    routes: [
      ...overrides.map(({ override, to: color }, index): Route => {
        const priority = match.length + overrides.length - index;
        return { kind: "Rule", match: `${match} && ${headerMatch(override)}`, priority, services: [color] };
      }),
      { kind: "Rule", match, services: [to] },
    ],
    ...(tlsSecret !== undefined && { tls: { secretName: tlsSecret } }),
  };
}

/** The overrides of a canary, each with the Service that it leads to. */
export function overridesTo(service: ServiceSettings, traffic: Traffic, canary: CanarySettings) {
  return overridesOf(canary).map((override) => ({ override, to: colorService(override.to, service, traffic) }));
}

/** Whole elements of a path, as an Ingress matches them: Traefik's prefix `/api` would match `/apis` too. */
function pathMatch(path: string): string[] {
  const prefix = path.replace(/\/+$/, "");
  return prefix === "" ? [] : [`(Path(${quoted(prefix)}) || PathPrefix(${quoted(`${prefix}/`)}))`];
}

function headerMatch({ header, match }: Override): string {
  return "exact" in match
    ? `Header(${quoted(header)}, ${quoted(match.exact)})`
    : `HeaderRegexp(${quoted(header)}, ${quoted(match.pattern)})`;
}

/** A text in a rule. Between backquotes nothing has a meaning, and a backquote itself has no place there. */
function quoted(text: string): string {
  return text.includes("`") ? JSON.stringify(text) : `\`${text}\``;
}

/** The places that a TraefikService splits between. */
export function splitOf({ weighted }: WeightedSpec): Backend[] {
  return weighted.services.map(({ name, weight = 1 }) => ({ name, weight }));
}

/** The same split with other weights. */
export function withWeights(spec: WeightedSpec, traffic: Traffic): WeightedSpec {
  const weights = weightsOf(traffic);
  const services = spec.weighted.services.map((each, index) => ({ ...each, weight: weights[index] ?? 0 }));
  const { sticky } = spec.weighted;
  const name = sticky && sessionCookie(sticky.cookie.name.replace(/-(blue|green)$/, ""), traffic.activeColor);
  return { weighted: { ...spec.weighted, services, ...(name && { sticky: { cookie: { ...sticky.cookie, name } } }) } };
}
