import { type ObjectKind } from "../../live/cluster";
import { otherColor } from "../../model/color";
import { names } from "../../model/names";
import { type AffinitySettings, type CanarySettings, type ServiceSettings } from "../../model/settings";
import { shareOf, type Traffic } from "../../model/traffic";
import { type Override, overridesOf } from "../overrides";
import { sessionCookie } from "../sessions";
import { type Backend, weightsOf } from "../weighted";

export const httpRouteKind: ObjectKind = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" };

/** What a route hangs on: a Gateway, or a Service for callers inside the cluster. */
export interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
}

interface BackendRef {
  readonly name: string;
  readonly port: number;
  readonly weight?: number;
}

interface SessionPersistence {
  readonly sessionName: string;
  readonly type: "Cookie";
  readonly absoluteTimeout?: string;
  readonly cookieConfig?: { readonly lifetimeType: "Permanent" };
}

interface HttpRouteRule {
  readonly matches: readonly object[];
  readonly backendRefs: readonly BackendRef[];
  readonly filters?: readonly object[];
  readonly sessionPersistence?: SessionPersistence;
}

/** The parts of an HTTPRoute that are written: https://gateway-api.sigs.k8s.io/reference/spec/#httproutespec */
export interface HttpRouteSpec {
  readonly parentRefs: readonly ParentRef[];
  readonly hostnames?: readonly string[];
  readonly rules: readonly HttpRouteRule[];
}

interface HttpRouteArgs {
  readonly parent: ParentRef;
  /** Absent for every host. */
  readonly host?: string;
  readonly path: string;
  readonly service: ServiceSettings;
  readonly traffic: Traffic;
  readonly canary: CanarySettings;
}

/**
 * A route whose last rule splits by weight, the active color first. Both colors are always named, so that a flip names no
 * Service that the controller has not loaded. The rules before it send what carries a header to one color.
 */
export function splitRoute({ parent, host, path, service, traffic, canary }: HttpRouteArgs): HttpRouteSpec {
  const color = { active: traffic.activeColor, idle: otherColor(traffic.activeColor) };
  const backend = (to: Override["to"]): BackendRef => {
    return { name: names.environment(service.name, color[to]), port: service.port };
  };
  const place = { path: { type: "PathPrefix", value: path } };
  const { affinity, mirror } = canary;
  return {
    parentRefs: [parent],
    ...(host !== undefined && { hostnames: [host] }),
    rules: [
      ...overridesOf(canary).map((override) => ({
        matches: [{ ...place, headers: [headerMatch(override)] }],
        backendRefs: [backend(override.to)],
      })),
      {
        matches: [place],
        backendRefs: (["active", "idle"] as const).map((to) => ({
          ...backend(to),
          weight: shareOf(traffic, color[to]),
        })),
        ...(mirror > 0 && {
          filters: [{ type: "RequestMirror", requestMirror: { backendRef: backend("idle"), percent: mirror } }],
        }),
        ...(affinity && { sessionPersistence: persistenceOf(affinity, traffic) }),
      },
    ],
  };
}

function headerMatch({ header, match }: Override): object {
  return "exact" in match
    ? { name: header, value: match.exact }
    : { type: "RegularExpression", name: header, value: match.pattern };
}

/** Sessions of the Gateway API go on at weight 0; the cookie of a split is therefore another one than that of none. */
function persistenceOf({ cookie, maxAge }: AffinitySettings, traffic: Traffic): SessionPersistence {
  return {
    sessionName: sessionName(cookie, traffic),
    type: "Cookie",
    ...(maxAge && { absoluteTimeout: `${maxAge.seconds}s`, cookieConfig: { lifetimeType: "Permanent" } }),
  };
}

function sessionName(cookie: string, { activeColor, canaryWeight }: Traffic): string {
  return `${sessionCookie(cookie, activeColor)}${canaryWeight > 0 ? "-canary" : ""}`;
}

/** The places that the last rule of a route splits between. */
export function splitOf({ rules }: HttpRouteSpec): Backend[] {
  return (rules.at(-1)?.backendRefs ?? []).map(({ name, weight = 1 }) => ({ name, weight }));
}

/** The same route with other weights in its last rule. */
export function withWeights(spec: HttpRouteSpec, traffic: Traffic): HttpRouteSpec {
  const weights = weightsOf(traffic);
  const last = spec.rules.length - 1;
  const renamed = (name: string): string => sessionName(name.replace(/-(blue|green)(-canary)?$/, ""), traffic);
  const split = ({ sessionPersistence: sessions, ...rule }: HttpRouteRule): HttpRouteRule => ({
    ...rule,
    ...(sessions && { sessionPersistence: { ...sessions, sessionName: renamed(sessions.sessionName) } }),
    backendRefs: rule.backendRefs.map((backend, index) => ({ ...backend, weight: weights[index] ?? 0 })),
  });
  return { ...spec, rules: spec.rules.map((rule, index) => (index === last ? split(rule) : rule)) };
}
