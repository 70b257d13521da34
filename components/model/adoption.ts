import { type ForeignPlace, type ForeignRoute, type ForeignService } from "./foreign";
import { type Live, type LiveService } from "./live";
import { type RouteSettings, type ServiceSettings, type Settings } from "./settings";

/** What an update does with the live objects of a service that Cyan did not make. */
export interface Adoption {
  /** What is taken over, and what served until then. */
  readonly adopted: readonly string[];
  /** Why it must not be. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

const nothing: Adoption = { adopted: [], refusals: [], warnings: [] };

/**
 * Decides whether the live objects of a service that are not Cyan's may be written over. They may when `adopt` is set, and
 * when what is declared takes each request that they take now: an Ingress with a host that is not declared would drop it.
 */
export function adoptionOf(service: ServiceSettings, live: LiveService, adopt: boolean): Adoption {
  const { name } = service;
  const { foreign } = live;
  const route = live.route?.foreign;
  const objects = [route?.object, foreign?.service?.object].filter((object) => object !== undefined);
  if (foreign?.taken.length) {
    const refusal = `services.${name}: ${foreign.taken.join(" and ")}: not made by Cyan, which needs the name; choose another name`;
    return { ...nothing, refusals: [`${refusal} for the service, or rename that`] };
  }
  if (objects.length === 0) return nothing;
  if (!adopt) {
    const refusal = `services.${name}: ${objects.join(" and ")}: not made by Cyan, and would be written over`;
    return { ...nothing, refusals: [`${refusal}; adopt with: pulumi config set adopt true, or choose another name`] };
  }
  return {
    adopted: [`${objects.join(" and ")}${servedBy(live)}`],
    refusals: [
      ...(route === undefined ? [] : routeRefusals(service, route)),
      ...(foreign?.service === undefined ? [] : serviceRefusals(service, foreign.service)),
      ...selectorRefusals(service, live),
    ],
    warnings: route === undefined ? [] : routeWarnings(route),
  };
}

/**
 * Why the namespace must not be taken into the stack, or let go of by it: the stack would delete it with all that is in it,
 * at its end or at once.
 */
export function namespaceRefusals(live: Live, { namespace, createNamespace }: Settings): string[] {
  if (!live.known || namespace === "default") return [];
  if (live.namespace === "foreign" && createNamespace) {
    return [
      `namespace: ${namespace} is there, and not made by Cyan, which would delete it with the stack; ` +
        "set createNamespace to false",
    ];
  }
  if (live.namespace === "cyans" && !createNamespace) {
    return [
      `createNamespace: is false, and a Cyan stack made ${namespace}: this would delete it with all that is in it; ` +
        "let go of it first, as docs/adoption.md has it, or set it to true",
    ];
  }
  return [];
}

function servedBy({ foreign }: LiveService): string {
  const serving = foreign?.serving;
  if (serving === undefined) return "";
  const { service, ready, deployments } = serving;
  const left =
    deployments.length === 0
      ? ""
      : `; Deployment ${deployments.join(", ")} stays as it is: delete it when this update is done and well`;
  return `, served by ${ready} ready endpoints of Service ${service}${left}`;
}

function routeRefusals({ name, route }: ServiceSettings, foreign: ForeignRoute): string[] {
  const { object } = foreign;
  const path = `services.${name}.ingress`;
  if (route === undefined) return [`${path}: there is none, and ${object} is live; declare its host, or delete it`];
  const kept = foreign.places.filter((place) => isAt(place, route));
  const dropped = foreign.places.filter((place) => !isAt(place, route)).map(({ host, path }) => `${host}${path}`);
  const refusals: string[] = [];
  if (kept.length === 0) {
    refusals.push(
      `${path}: is at ${route.host}${route.path}, and ${object} at ${dropped.join(", ") || "no place"}; declare the same`,
    );
  } else if (dropped.length > 0) {
    refusals.push(
      `${path}: ${object} takes ${dropped.join(", ")} too, which would be dropped; give that an Ingress of its own first`,
    );
  }
  if (kept.some(({ path, pathType }) => pathType !== "Prefix" && /[()[\]*+?|\\^$]/.test(path))) {
    refusals.push(`${path}.path: ${object} matches by a pattern, and Cyan by prefix; give it a plain path first`);
  }
  if (foreign.className !== undefined && foreign.className !== route.className) {
    refusals.push(`${path}.className: is ${route.className}, and ${object} has ${foreign.className}; set it to that`);
  }
  if (foreign.canary !== undefined) {
    refusals.push(`${path}: ${foreign.canary} is another canary of ${object}; end that and delete it first`);
  }
  const lacking = foreign.annotations.filter((key) => !(key in route.annotations));
  if (lacking.length > 0) refusals.push(`${path}.annotations: ${takenAway(object, lacking)}`);
  return [...refusals, ...tlsRefusals(path, route, foreign)];
}

/** The provider takes over what `kubectl apply` wrote, so that an update takes away what it does not declare. */
function takenAway(object: string, what: readonly string[]): string {
  return `${object} has ${what.join(", ")}, which the next update would take away; declare what it has`;
}

/** TLS stays as it is: taking it away would break its users, and bringing it redirects those of plain HTTP. */
function tlsRefusals(path: string, route: RouteSettings, { object, tls }: ForeignRoute): string[] {
  const secret = tls[route.host];
  if (secret === route.tlsSecret) return [];
  return [
    secret === undefined
      ? `${path}.tls: is ${route.tlsSecret ?? ""}, and ${object} has no TLS for ${route.host}; leave it out for now`
      : `${path}.tls: is ${route.tlsSecret ?? "not set"}, and ${object} has ${secret} for ${route.host}; set it to that`,
  ];
}

function isAt(place: ForeignPlace, route: RouteSettings): boolean {
  const plain = (path: string): string => path.replace(/(?<=.)\/+$/, "");
  return place.host === route.host && plain(place.path) === plain(route.path);
}

function serviceRefusals({ name, port, expose }: ServiceSettings, foreign: ForeignService): string[] {
  const { object, ports, type } = foreign;
  const path = `services.${name}`;
  const refusals: string[] = [];
  const others = ports.filter((each) => each !== port);
  if (!ports.includes(port)) {
    refusals.push(`${path}.port: is ${port}, and ${object} has ${ports.join(", ")}; set it to that`);
  } else if (others.length > 0) {
    refusals.push(`${path}.port: ${object} has ${others.join(", ")} too; give that port a Service of its own first`);
  }
  if (type !== expose.type)
    refusals.push(`${path}.expose.type: is ${expose.type}, and ${object} is ${type}; set it to that`);
  const declared = type === "ClusterIP" ? {} : expose.annotations;
  const lacking = foreign.annotations.filter((key) => !(key in declared));
  if (lacking.length > 0) refusals.push(`${path}.expose.annotations: ${takenAway(object, lacking)}, or do without it`);
  if (foreign.fields.length > 0) {
    const what = foreign.fields.join(", ");
    refusals.push(`${path}: ${object} has ${what}, which the next update would take away; do without it first`);
  }
  return refusals;
}

function selectorRefusals({ name }: ServiceSettings, { foreign }: LiveService): string[] {
  const serving = foreign?.serving;
  return serving?.selectsColors
    ? [
        `services.${name}: Service ${serving.service} selects app.kubernetes.io/name ${name}, which both colors' pods ` +
          "have: they would get requests before any gate; narrow its selector first, as docs/adoption.md has it",
      ]
    : [];
}

/** What changes a little. */
function routeWarnings({ object, places }: ForeignRoute): string[] {
  const exact = places.some(({ pathType }) => pathType === "Exact");
  return exact ? [`${object} matches its path exactly, and from now on all below it too`] : [];
}
