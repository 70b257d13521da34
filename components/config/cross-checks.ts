import { colors } from "../model/color";
import { parseQuantity } from "../model/quantity";
import { type ResourceSettings, type RouteSettings, type ServiceSettings } from "../model/settings";
import { type CompletedConfig, type CrossProblem, placesIn } from "./cross-problem";
import { gateProblems } from "./gate-checks";
import { credentialProblems } from "./credential-checks";
import { exposeProblems, routerProblems } from "./router-checks";
import { type RawConfig } from "./schema";
import { secretProblems } from "./secret-checks";

/** The longest of what is added to a service's name: `-preview`. Kubernetes takes names of at most 63 characters. */
const longestName = 63 - "-preview".length;

/** What is wrong with values that are each right by themselves. */
export function crossProblems(raw: RawConfig, settings: CompletedConfig): CrossProblem[] {
  return [
    ...settings.services.flatMap(nameProblems),
    ...settings.services.flatMap(drainProblems),
    ...settings.services.flatMap((service) => readyProblems(service, settings)),
    ...resourceProblems(settings),
    ...(settings.namespace === "default" || !settings.createNamespace
      ? []
      : settings.services.flatMap(privilegeProblems)),
    ...Object.entries(raw.services).flatMap(([name, service]) =>
      service.ingress === false ? [] : annotationProblems(`services.${name}.ingress`, service.ingress?.annotations),
    ),
    ...annotationProblems("ingress", raw.ingress.annotations),
    ...Object.entries(raw.services).flatMap(([name, { expose }]) =>
      annotationProblems(`services.${name}.expose`, expose.annotations),
    ),
    ...annotationProblems("expose", raw.expose.annotations),
    ...exposeProblems(settings.services),
    ...routerProblems(raw, settings),
    ...secretProblems(raw, settings),
    ...headerProblems(raw),
    ...gateProblems(raw, settings),
    ...credentialProblems(settings),
    ...placeProblems(settings.services),
    ...objectNameProblems(settings.services),
  ];
}

function nameProblems({ name }: ServiceSettings): CrossProblem[] {
  const path = `services.${name}`;
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    const message = "Kubernetes wants names of lower-case letters, digits and -, beginning with a letter";
    return [{ path, message, reads: [] }];
  }
  if (name.length > longestName) {
    const message = `is too long: with -preview after it Kubernetes takes at most ${longestName} characters`;
    return [{ path, message, reads: [] }];
  }
  return [];
}

/** Two services must not want the same object, such as `shop-blue`, the Service of a color and of a service so named. */
function objectNameProblems(services: readonly ServiceSettings[]): CrossProblem[] {
  const suffixes = ["-blue", "-green", "-preview", "-canary", "-mirror", "-alb", "-stable"];
  const taken = new Map(services.flatMap(({ name }) => suffixes.map((suffix) => [`${name}${suffix}`, name] as const)));
  return services.flatMap(({ name }) => {
    const other = taken.get(name);
    return other === undefined
      ? []
      : [
          {
            path: `services.${name}`,
            message: `is the name of an object of the service ${other}; choose another name`,
            reads: [],
          },
        ];
  });
}

function drainProblems({ name, workloads }: ServiceSettings): CrossProblem[] {
  return colors
    .filter((color) => workloads[color].preStop.seconds >= workloads[color].terminationGrace.seconds)
    .map((color) => {
      const { preStop, terminationGrace } = workloads[color];
      return {
        path: `services.${name}.${color}.preStop`,
        message:
          `is ${preStop.seconds}s, and the pod is killed after terminationGrace, ${terminationGrace.seconds}s; ` +
          "make the grace longer than the drain and a request together",
        reads: placesIn(name, color, "preStop", "terminationGrace"),
      };
    });
}

/** Kubernetes refuses a Deployment whose pods could not count before its deadline. */
function readyProblems({ name, workloads }: ServiceSettings, { readyTimeout }: CompletedConfig): CrossProblem[] {
  return colors
    .filter((color) => workloads[color].readyFor.seconds >= readyTimeout.seconds)
    .map((color) => ({
      path: `services.${name}.${color}.readyFor`,
      message:
        `is ${workloads[color].readyFor.seconds}s, and the update fails after readyTimeout, ${readyTimeout.seconds}s; ` +
        "make readyTimeout longer than a start and readyFor together",
      reads: ["readyTimeout", ...placesIn(name, color, "readyFor")],
    }));
}

/** Kubernetes refuses a pod that asks for more than it may have; often the limit is a default that nobody wrote. */
function resourceProblems({ gate, services }: CompletedConfig): CrossProblem[] {
  const job = gate.job === undefined ? [] : limitProblems("gate.job", gate.job.resources, ["gate.job.resources"]);
  const ofColors = services.flatMap(({ name, workloads }) =>
    colors.flatMap((color) =>
      limitProblems(`services.${name}.${color}`, workloads[color].resources, placesIn(name, color, "resources")),
    ),
  );
  return [...job, ...ofColors];
}

function limitProblems(path: string, { requests, limits }: ResourceSettings, reads: readonly string[]): CrossProblem[] {
  return Object.entries(requests).flatMap(([resource, request]) => {
    const limit = limits[resource];
    if (limit === undefined || (parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? Infinity)) return [];
    return [
      {
        path: `${path}.resources.requests.${resource}`,
        message: `is ${request}, over the limit of ${limit}; raise resources.limits.${resource}`,
        reads,
      },
    ];
  });
}

/** The namespace that Cyan makes admits no pod that may run as root; its Deployment would wait for one until it fails. */
function privilegeProblems({ name, workloads }: ServiceSettings): CrossProblem[] {
  return colors
    .filter((color) => !workloads[color].securityContext.runAsNonRoot)
    .map((color) => ({
      path: `services.${name}.${color}.securityContext.runAsNonRoot`,
      message:
        "is false, which the restricted pod security of the namespace refuses; set runAsUser, or use namespace default",
      reads: ["namespace", ...placesIn(name, color, "securityContext")],
    }));
}

/** Annotations that say who gets which traffic are Cyan's to write: what they begin with, and what to use instead. */
const ownAnnotations: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/^(nginx\.ingress\.kubernetes\.io\/canary|cyan\.dev\/|pulumi\.com\/)/, "activeColor, canaryWeight and canary"],
  [
    /^nginx\.ingress\.kubernetes\.io\/(affinity|affinity-canary-behavior|session-cookie-(name|max-age|expires))$/,
    "canary.affinity",
  ],
];

function annotationProblems(path: string, annotations: Readonly<Record<string, string>> | undefined): CrossProblem[] {
  return Object.keys(annotations ?? {}).flatMap((key) =>
    ownAnnotations
      .filter(([pattern]) => pattern.test(key))
      .map(([, instead]) => ({
        path: `${path}.annotations.${key}`,
        message: `is written by Cyan; use ${instead} instead`,
        reads: [path],
      })),
  );
}

function headerProblems({ canary }: RawConfig): CrossProblem[] {
  const problems: CrossProblem[] = [];
  for (const key of ["headerValue", "headerPattern"] as const) {
    const path = `canary.${key}`;
    if (canary[key] !== undefined && canary.header === undefined) {
      problems.push({ path, message: "needs canary.header, the name of the header", reads: [path, "canary.header"] });
    }
  }
  if (canary.headerValue !== undefined && canary.headerPattern !== undefined) {
    const message = "is ignored beside headerValue; keep one of them";
    problems.push({ path: "canary.headerPattern", message, reads: ["canary"] });
  }
  return problems;
}

/** Each place, a host and a path, is one Ingress rule's: two on it would split each other's requests. */
function placeProblems(services: readonly ServiceSettings[]): CrossProblem[] {
  const seen = new Map<string, Place>();
  const problems: CrossProblem[] = [];
  for (const one of services.flatMap(({ name, route }) => (route === undefined ? [] : placesOf(name, route)))) {
    const other = seen.get(one.place);
    if (other === undefined) {
      seen.set(one.place, one);
      continue;
    }
    problems.push({
      path: one.path,
      message: `${one.place} is taken by ${other.path} already; give each service a host or path of its own`,
      reads: [one, other].flatMap(({ service }) => [
        `services.${service}.ingress`,
        `services.${service}.previewHost`,
        "ingress.host",
        "ingress.path",
        "previewHost",
      ]),
    });
  }
  return problems;
}

/** A place that a service takes, and the path of the config value that says so. */
interface Place {
  readonly service: string;
  readonly place: string;
  readonly path: string;
}

function placesOf(service: string, { host, path, previewHost }: RouteSettings): Place[] {
  // A path matches by whole elements: `/api/` is the same place as `/api`.
  const prefix = path.replace(/(?<=.)\/+$/, "");
  const main = { service, place: `${host}${prefix}`, path: `services.${service}.ingress.host` };
  if (previewHost === undefined) return [main];
  return [main, { service, place: `${previewHost}${prefix}`, path: `services.${service}.previewHost` }];
}
