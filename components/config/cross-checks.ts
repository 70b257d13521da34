import { colors } from "../model/color";
import { type RouteSettings, type ServiceSettings, type Settings } from "../model/settings";
import { type Problem } from "./problems";
import { type RawConfig } from "./schema";

/** The longest of what is added to a service's name: `-preview`. Kubernetes takes names of at most 63 characters. */
const longestName = 63 - "-preview".length;

/** What is wrong with values that are each right by themselves. */
export function crossProblems(raw: RawConfig, settings: Settings): Problem[] {
  return [
    ...settings.services.flatMap(nameProblems),
    ...settings.services.flatMap(drainProblems),
    ...Object.entries(raw.services).flatMap(([name, service]) =>
      service.ingress === false ? [] : annotationProblems(`services.${name}.ingress`, service.ingress?.annotations),
    ),
    ...annotationProblems("ingress", raw.ingress.annotations),
    ...headerProblems(raw),
    ...gateProblems(settings),
    ...placeProblems(settings.services),
    ...objectNameProblems(settings.services),
  ];
}

function nameProblems({ name }: ServiceSettings): Problem[] {
  const path = `services.${name}`;
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    return [{ path, message: "Kubernetes wants names of lower-case letters, digits and -, beginning with a letter" }];
  }
  if (name.length > longestName) {
    return [
      { path, message: `is too long: with -preview after it Kubernetes takes at most ${longestName} characters` },
    ];
  }
  return [];
}

/** Two services must not want the same object, such as `shop-blue`, the Service of a color and of a service so named. */
function objectNameProblems(services: readonly ServiceSettings[]): Problem[] {
  const suffixes = ["-blue", "-green", "-preview", "-canary"];
  const taken = new Map(services.flatMap(({ name }) => suffixes.map((suffix) => [`${name}${suffix}`, name] as const)));
  return services.flatMap(({ name }) => {
    const other = taken.get(name);
    return other === undefined
      ? []
      : [
          {
            path: `services.${name}`,
            message: `is the name of an object of the service ${other}; choose another name`,
          },
        ];
  });
}

function drainProblems(service: ServiceSettings): Problem[] {
  return colors
    .filter((color) => service.workloads[color].preStop.seconds >= service.workloads[color].terminationGrace.seconds)
    .map((color) => {
      const { preStop, terminationGrace } = service.workloads[color];
      return {
        path: `services.${service.name}.${color}.preStop`,
        message:
          `is ${preStop.seconds}s, and the pod is killed after terminationGrace, ${terminationGrace.seconds}s; ` +
          "make the grace longer than the drain and a request together",
      };
    });
}

/** Annotations that say who gets which traffic are Cyan's to write. */
function annotationProblems(path: string, annotations: Readonly<Record<string, string>> | undefined): Problem[] {
  return Object.keys(annotations ?? {})
    .filter((key) => /^(nginx\.ingress\.kubernetes\.io\/canary|cyan\.dev\/|pulumi\.com\/)/.test(key))
    .map((key) => ({
      path: `${path}.annotations.${key}`,
      message: "is written by Cyan; use activeColor, canaryWeight and canary instead",
    }));
}

function headerProblems({ canary }: RawConfig): Problem[] {
  const problems: Problem[] = [];
  for (const key of ["headerValue", "headerPattern"] as const) {
    if (canary[key] !== undefined && canary.header === undefined) {
      problems.push({ path: `canary.${key}`, message: "needs canary.header, the name of the header" });
    }
  }
  if (canary.headerValue !== undefined && canary.headerPattern !== undefined) {
    problems.push({ path: "canary.headerPattern", message: "is ignored beside headerValue; keep one of them" });
  }
  return problems;
}

/** A gate that asks for more endpoints than a color has at full size would never hold. */
function gateProblems({ gate, services }: Settings): Problem[] {
  const sizes = services.flatMap(({ name, workloads }) =>
    colors.map((color) => {
      const { autoscaling, replicas } = workloads[color];
      return { path: `services.${name}.${color}`, size: autoscaling?.minReplicas ?? replicas };
    }),
  );
  return sizes
    .filter(({ size }) => size < gate.minReady)
    .map(({ path, size }) => ({
      path: "gate.minReady",
      message: `is ${gate.minReady}, and ${path} has ${size} replicas: no traffic could move to it; ask for fewer, or give it more`,
    }));
}

/** Each place, a host and a path, is one Ingress rule's: two on it would split each other's requests. */
function placeProblems(services: readonly ServiceSettings[]): Problem[] {
  const seen = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { name, route } of services) {
    for (const { place, path } of route === undefined ? [] : placesOf(name, route)) {
      const other = seen.get(place);
      if (other !== undefined) {
        problems.push({
          path,
          message: `${place} is taken by ${other} already; give each service a host or path of its own`,
        });
      }
      seen.set(place, path);
    }
  }
  return problems;
}

function placesOf(name: string, route: RouteSettings): { place: string; path: string }[] {
  const main = { place: `${route.host}${route.path}`, path: `services.${name}.ingress.host` };
  if (route.previewHost === undefined) return [main];
  return [main, { place: `${route.previewHost}${route.path}`, path: `services.${name}.previewHost` }];
}

/** What is allowed and most likely not meant. */
export function warningsOf(settings: Settings): string[] {
  const warnings: string[] = [];
  for (const { name, workloads } of settings.services) {
    if (settings.traffic.canaryWeight > 0 && workloads.blue.image === workloads.green.image) {
      warnings.push(
        `services.${name}: both colors run ${workloads.blue.image}, so a canaryWeight of ${settings.traffic.canaryWeight} tries nothing new`,
      );
    }
  }
  if (settings.install === "ingress-nginx") {
    warnings.push(
      "install: ingress-nginx was retired in March 2026 and gets no fixes; traefik reads the same annotations",
    );
  }
  return warnings;
}
