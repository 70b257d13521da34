import { type ObjectKind } from "../../live/cluster";
import { otherColor } from "../../model/color";
import { names } from "../../model/names";
import { type CanarySettings, type RouteSettings, type ServiceSettings } from "../../model/settings";
import { shareOf, type Traffic } from "../../model/traffic";
import { type Override, overridesOf } from "../overrides";
import { type Backend, weightsOf } from "../weighted";

export const virtualServiceKind: ObjectKind = { apiVersion: "networking.istio.io/v1", kind: "VirtualService" };
export const destinationRuleKind: ObjectKind = { apiVersion: "networking.istio.io/v1", kind: "DestinationRule" };

/** The sidecars: callers inside the mesh. */
const mesh = "mesh";

interface Destination {
  readonly host: string;
  readonly port: { readonly number: number };
}

interface HttpRoute {
  readonly match: readonly object[];
  readonly route: readonly { readonly destination: Destination; readonly weight?: number }[];
  readonly mirror?: Destination;
  readonly mirrorPercentage?: { readonly value: number };
  readonly retries?: object;
}

/** The parts that are written: https://istio.io/latest/docs/reference/config/networking/virtual-service/ */
export interface VirtualServiceSpec {
  readonly hosts: readonly string[];
  readonly gateways: readonly string[];
  readonly http: readonly HttpRoute[];
}

/** Only what no pod has seen is sent again: a request that failed in a color is that color's failure. */
const retries = { attempts: 2, retryOn: "connect-failure,refused-stream,unavailable,cancelled" };

function destination(to: Override["to"], service: ServiceSettings, { activeColor }: Traffic): Destination {
  const color = to === "active" ? activeColor : otherColor(activeColor);
  return { host: names.environment(service.name, color), port: { number: service.port } };
}

/** Splits what callers send to the service inside the mesh, and what its host gets at the Gateway. */
export function splitSpec(service: ServiceSettings, traffic: Traffic, canary: CanarySettings): VirtualServiceSpec {
  const places = [...(service.route === undefined ? [] : placesAt(service.route)), { gateways: [mesh] }];
  const to = (role: Override["to"]): Destination => destination(role, service, traffic);
  const { activeColor } = traffic;
  const shares = { active: shareOf(traffic, activeColor), idle: shareOf(traffic, otherColor(activeColor)) };
  return {
    hosts: [...(service.route === undefined ? [] : [service.route.host]), names.active(service.name)],
    gateways: [...(service.route === undefined ? [] : [gatewayOf(service.route)]), mesh],
    http: [
      ...overridesOf(canary).map((override) => ({
        match: places.map((place) => ({ ...place, headers: headerMatch(override) })),
        route: [{ destination: to(override.to) }],
        retries,
      })),
      {
        match: places,
        route: (["active", "idle"] as const).map((role) => ({ destination: to(role), weight: shares[role] })),
        ...(canary.mirror > 0 && { mirror: to("idle"), mirrorPercentage: { value: canary.mirror } }),
        retries,
      },
    ],
  };
}

/** Leads everything on a host to the idle color. */
export function previewSpec(service: ServiceSettings, route: RouteSettings, traffic: Traffic): VirtualServiceSpec {
  const gateway = gatewayOf(route);
  const http = [{ match: placesAt(route), route: [{ destination: destination("idle", service, traffic) }] }];
  return { hosts: [route.host], gateways: [gateway], http };
}

/** A pod that cannot be reached is passed over for a while; never more than half of a color's. */
export function destinationSpec(host: string): object {
  const outlierDetection = {
    consecutiveGatewayErrors: 5,
    consecutive5xxErrors: 0,
    interval: "10s",
    baseEjectionTime: "30s",
    maxEjectionPercent: 50,
  };
  return { host, trafficPolicy: { outlierDetection } };
}

/** The Gateway that a route hangs on, as `namespace/name`; config has checked it to be named. */
function gatewayOf({ gateway, host }: RouteSettings): string {
  if (gateway === undefined) throw new Error(`no Gateway leads to ${host}`);
  return gateway.namespace === undefined ? gateway.name : `${gateway.namespace}/${gateway.name}`;
}

/** Whole elements of a path at the Gateway, as an Ingress matches them: a prefix `/api` would match `/apis` too. */
function placesAt(route: RouteSettings): object[] {
  const gateways = [gatewayOf(route)];
  const prefix = route.path.replace(/\/+$/, "");
  if (prefix === "") return [{ gateways, uri: { prefix: "/" } }];
  return [
    { gateways, uri: { exact: prefix } },
    { gateways, uri: { prefix: `${prefix}/` } },
  ];
}

/** Istio wants names of headers in lower case. */
function headerMatch({ header, match }: Override): object {
  return { [header.toLowerCase()]: "exact" in match ? { exact: match.exact } : { regex: match.pattern } };
}

/** The places that the last route splits between. */
export function splitOf({ http }: VirtualServiceSpec): Backend[] {
  return (http.at(-1)?.route ?? []).map(({ destination: { host }, weight = 1 }) => ({ name: host, weight }));
}

/** The same spec with other weights in its last route. */
export function withWeights(spec: VirtualServiceSpec, traffic: Traffic): VirtualServiceSpec {
  const weights = weightsOf(traffic);
  const last = spec.http.length - 1;
  const split = (http: HttpRoute): HttpRoute => ({
    ...http,
    route: http.route.map((each, index) => ({ ...each, weight: weights[index] ?? 0 })),
  });
  return { ...spec, http: spec.http.map((http, index) => (index === last ? split(http) : http)) };
}
