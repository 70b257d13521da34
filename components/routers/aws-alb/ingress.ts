import { type KubernetesObject, type ObjectKind } from "../../live/cluster";
import { otherColor } from "../../model/color";
import { names } from "../../model/names";
import { type CanarySettings, type RouteSettings, type ServiceSettings } from "../../model/settings";
import { shareOf, type Traffic } from "../../model/traffic";
import { type Override, overridesOf } from "../overrides";
import { type Routed } from "../routed";
import { type Backend, type Part, weightsOf } from "../weighted";

export const ingressKind: ObjectKind = { apiVersion: "networking.k8s.io/v1", kind: "Ingress" };

const prefix = "alb.ingress.kubernetes.io";
const actionsPrefix = `${prefix}/actions.`;

/** The Ingress of a service; one of another controller may have the service's own name while that hands over. */
export const albName = (service: string): string => `${service}-alb`;
export const albPreviewName = (service: string): string => `${service}-alb-preview`;

interface TargetGroup {
  readonly serviceName: string;
  readonly servicePort: number;
  readonly weight?: number;
}

interface Forward {
  readonly type: "forward";
  readonly forwardConfig: { readonly targetGroups: readonly TargetGroup[] };
}

/**
 * What the load balancer does, by the name that a path of the Ingress gives for its Service; the last one splits:
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#traffic-routing
 */
export type Actions = Readonly<Record<string, Forward>>;

/** The actions of a service: by header to one color, and for everything else the split, the active color first. */
export function actionsOf(service: ServiceSettings, traffic: Traffic, canary: CanarySettings): Actions {
  const color = { active: traffic.activeColor, idle: otherColor(traffic.activeColor) };
  const groupOf = (to: Override["to"]): TargetGroup => {
    return { serviceName: names.environment(service.name, color[to]), servicePort: service.port };
  };
  const overrides = overridesOf(canary).map(({ to }, index) => {
    return [overrideName(service.name, index), forward([groupOf(to)])] as const;
  });
  const groups = (["active", "idle"] as const).map((to) => ({ ...groupOf(to), weight: shareOf(traffic, color[to]) }));
  return Object.fromEntries([...overrides, [service.name, forward(groups)]]);
}

function forward(targetGroups: readonly TargetGroup[]): Forward {
  return { type: "forward", forwardConfig: { targetGroups } };
}

function overrideName(service: string, index: number): string {
  return `${service}-by-header-${index + 1}`;
}

/** Annotations that say what the load balancer does, and by which headers. */
export function albAnnotations(service: ServiceSettings, traffic: Traffic, canary: CanarySettings) {
  const conditions = overridesOf(canary).map((override, index) => {
    const name = `${prefix}/conditions.${overrideName(service.name, index)}`;
    return [name, JSON.stringify([conditionOf(override)])] as const;
  });
  return {
    // Services of the colors have no port of the nodes.
    [`${prefix}/target-type`]: "ip",
    ...Object.fromEntries(conditions),
    ...written(actionsOf(service, traffic, canary)),
  };
}

/** The load balancer knows no patterns: config has refused what needs one. */
function conditionOf({ header, match }: Override): object {
  if (!("exact" in match)) throw new Error(`no pattern leads by ${header}`);
  return { field: "http-header", httpHeaderConfig: { httpHeaderName: header, values: [match.exact] } };
}

/** A place whose requests go where the actions of these names say, the first that holds. */
export function albSpec(route: RouteSettings, actions: readonly string[]): object {
  return specOf(
    route,
    actions.map((name) => ({ service: { name, port: { name: "use-annotation" } } })),
  );
}

/** Leads everything at a place to the idle color. */
export function previewSpec({ service, route }: Routed, { activeColor }: Traffic): object {
  const name = names.environment(service.name, otherColor(activeColor));
  return specOf(route, [{ service: { name, port: { number: service.port } } }]);
}

function specOf({ className, host, path }: RouteSettings, backends: readonly object[]): object {
  const paths = backends.map((backend) => ({ path, pathType: "Prefix", backend }));
  return { ingressClassName: className, rules: [{ host, http: { paths } }] };
}

function written(actions: Actions): Record<string, string> {
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [`${actionsPrefix}${name}`, JSON.stringify(action)]),
  );
}

/** The actions are annotations of the Ingress; its spec names them, and stays as it is. */
export const actionsPart: Part<Actions> = {
  read: ({ metadata }: KubernetesObject) => {
    const actions = Object.entries(metadata?.annotations ?? {}).flatMap(([key, text]) => {
      const action = key.startsWith(actionsPrefix) ? parse(text) : undefined;
      return action === undefined ? [] : [[key.slice(actionsPrefix.length), action] as const];
    });
    return actions.length === 0 ? undefined : Object.fromEntries(actions);
  },
  change: (actions) => ({ annotations: written(actions) }),
};

/** One that a hand broke is as good as none; one that redirects, say, is a user's own. */
function parse(text: string): Forward | undefined {
  try {
    const action = JSON.parse(text) as Partial<Forward>;
    return action.forwardConfig === undefined ? undefined : (action as Forward);
  } catch {
    return undefined;
  }
}

/** The places that the split leads to: only that action has more than one. */
export function splitOf(actions: Actions): Backend[] {
  const split = Object.values(actions).find(({ forwardConfig }) => forwardConfig.targetGroups.length > 1);
  return (split?.forwardConfig.targetGroups ?? []).map(({ serviceName, weight = 1 }) => ({
    name: serviceName,
    weight,
  }));
}

/** The same actions with other weights. */
export function withWeights(actions: Actions, traffic: Traffic): Actions {
  const weights = weightsOf(traffic);
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]) => {
      const { targetGroups } = action.forwardConfig;
      if (targetGroups.length < 2) return [name, action];
      return [name, forward(targetGroups.map((group, index) => ({ ...group, weight: weights[index] ?? 0 })))];
    }),
  );
}
