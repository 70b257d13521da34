import { type ObjectKind } from "../../live/cluster";
import { otherColor } from "../../model/color";
import { names } from "../../model/names";
import { type CanarySettings, type RouteSettings, type ServiceSettings } from "../../model/settings";
import { type Traffic } from "../../model/traffic";
import { type Override, overridesOf } from "../overrides";
import { type Routed } from "../routed";
import { type Backend, weightsOf } from "../weighted";

export const virtualServerKind: ObjectKind = { apiVersion: "k8s.nginx.org/v1", kind: "VirtualServer" };

/** A color's Service; what leads to it names it by the same name. */
interface Upstream {
  readonly name: string;
  readonly service: string;
  readonly port: number;
}

interface Action {
  readonly pass: string;
}

/** Everything to one color, or to each its part. */
type Split =
  { readonly action: Action } | { readonly splits: readonly { readonly weight: number; readonly action: Action }[] };

type ServerRoute = Split & {
  readonly path: string;
  readonly matches?: readonly { readonly conditions: readonly object[]; readonly action: Action }[];
};

/** The parts that are written: https://docs.nginx.com/nginx-ingress-controller/configuration/virtualserver-and-virtualserverroute-resources/ */
export interface VirtualServerSpec {
  readonly ingressClassName: string;
  readonly host: string;
  readonly tls?: { readonly secret: string };
  /** The active color's, then the idle color's: both are always loaded. */
  readonly upstreams: readonly Upstream[];
  readonly routes: readonly ServerRoute[];
}

/** Splits what comes to a host and path, after what carries a header went to its color. */
export function splitServer({ service, route }: Routed, traffic: Traffic, canary: CanarySettings): VirtualServerSpec {
  const upstreams = upstreamsOf(service, traffic);
  const matches = overridesOf(canary).map((override) => ({
    conditions: [conditionOf(override)],
    action: { pass: passTo(override.to, upstreams) },
  }));
  const split = splitBetween(upstreams, traffic);
  const routes = pathsOf(route).map((path) => ({ path, ...(matches.length > 0 && { matches }), ...split }));
  return { ...serverOf(route), upstreams, routes };
}

/** Leads everything on a host and path to the idle color. */
export function previewServer({ service, route }: Routed, traffic: Traffic): VirtualServerSpec {
  const upstreams = upstreamsOf(service, traffic);
  const routes = pathsOf(route).map((path) => ({ path, action: { pass: passTo("idle", upstreams) } }));
  return { ...serverOf(route), upstreams, routes };
}

function serverOf({ className, host, tlsSecret }: RouteSettings) {
  return { ingressClassName: className, host, ...(tlsSecret !== undefined && { tls: { secret: tlsSecret } }) };
}

function upstreamsOf(service: ServiceSettings, { activeColor }: Traffic): Upstream[] {
  return [activeColor, otherColor(activeColor)].map((color) => {
    const name = names.environment(service.name, color);
    return { name, service: name, port: service.port };
  });
}

function passTo(to: Override["to"], [active, idle]: readonly Upstream[]): string {
  return (to === "active" ? active : idle)?.name ?? "";
}

/** Before release 3.6 a part may be neither 0 nor 100 percent: then there is nothing to split. */
function splitBetween(upstreams: readonly Upstream[], traffic: Traffic): Split {
  const weights = weightsOf(traffic);
  const whole = weights.indexOf(100);
  if (whole >= 0) return { action: { pass: upstreams[whole]?.name ?? "" } };
  return { splits: upstreams.map(({ name }, index) => ({ weight: weights[index] ?? 0, action: { pass: name } })) };
}

/** Whole elements of a path, as an Ingress matches them: NGINX's prefix `/api` would match `/apis` too. */
function pathsOf({ path }: RouteSettings): string[] {
  const prefix = path.replace(/\/+$/, "");
  return prefix === "" ? ["/"] : [`=${prefix}`, `${prefix}/`];
}

/** A value that begins with ~ is a pattern. */
function conditionOf({ header, match }: Override): object {
  return { header, value: "exact" in match ? match.exact : `~${match.pattern}` };
}

/** The places that a server splits between. */
export function splitOf({ upstreams, routes }: VirtualServerSpec): Backend[] {
  const route = routes.at(-1);
  const weightOf = (name: string): number => {
    if (route === undefined) return 0;
    if ("action" in route) return route.action.pass === name ? 100 : 0;
    return route.splits.find(({ action }) => action.pass === name)?.weight ?? 0;
  };
  return upstreams.map(({ name, service }) => ({ name: service, weight: weightOf(name) }));
}

/** The same server with other weights. */
export function withWeights(spec: VirtualServerSpec, traffic: Traffic): VirtualServerSpec {
  const split = splitBetween(spec.upstreams, traffic);
  const routes = spec.routes.map(({ path, matches }) => ({ path, ...(matches && { matches }), ...split }));
  return { ...spec, routes };
}
