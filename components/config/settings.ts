import { type z } from "zod";
import { type Color, perColor } from "../model/color";
import { type RolloutSettings } from "../model/rollout";
import { capabilities } from "../model/routers";
import {
  type ClusterSettings,
  type ProbeSettings,
  type RouteSettings,
  type SecretSettings,
  type ServiceSettings,
  type Settings,
  type WorkloadSettings,
} from "../model/settings";
import { crossProblems } from "./cross-checks";
import { type CompletedConfig } from "./cross-problem";
import { completeGate } from "./gate";
import { knownKeys } from "./known-keys";
import { type Problem, problemsOf } from "../model/problems";
import { salvage } from "./salvage";
import { configSchema, type RawConfig, type RawService, type RawWorkload } from "./schema";
import { warningsOf } from "./warnings";

/** What became of a stack's config: settings with warnings, or everything that is wrong with it. */
export type Parsed =
  { readonly settings: Settings; readonly warnings: readonly Problem[] } | { readonly problems: readonly Problem[] };

/** What is known of a stack's config besides its values. */
export interface ConfigContext {
  /** Keys whose values hold a secret. */
  readonly secret?: readonly string[];
  /** What the Kubernetes provider's own config says. */
  readonly cluster?: ClusterSettings;
}

/**
 * Checks the values of a stack's config and completes them with defaults.
 *
 * @param raw the value of each key, without the project's name before it; objects already parsed from JSON.
 */
export function parseSettings(
  raw: Readonly<Record<string, unknown>>,
  { secret = [], cluster = {} }: ConfigContext = {},
): Parsed {
  const told = (problems: readonly Problem[]) => problems.map((problem) => withoutSecret(problem, secret));
  const parsed = configSchema.safeParse(raw);
  if (!parsed.success) {
    return { problems: told([...problemsOf(parsed.error, knownKeys), ...hiddenProblems(raw)]) };
  }
  const secretServices = secret.includes("services");
  const settings = { ...complete(parsed.data, secretServices), cluster, secretServices };
  const problems = crossProblems(parsed.data, settings);
  if (problems.length > 0) return { problems: told(problems) };
  return { settings, warnings: [...told(warningsOf(settings)), ...plainSecrets(parsed.data, secret)] };
}

/** Secrets that stand in the stack's file as anyone can read them. */
function plainSecrets({ secrets, credentials }: RawConfig, secret: readonly string[]): Problem[] {
  const plain = Object.entries({ secrets, credentials }).filter(
    ([key, values]) => Object.keys(values).length > 0 && !secret.includes(key),
  );
  return plain.map(([path]) => ({
    path,
    message: `is no secret in the config; set each value with pulumi config set --secret --path ${path}.…`,
  }));
}

/** Problems between those values of a wrong config that are right by themselves. */
function hiddenProblems(raw: unknown): Problem[] {
  const salvaged = salvage(raw);
  if (salvaged === undefined) return [];
  const { config, broken } = salvaged;
  const within = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}.`);
  const told = (path: string): boolean => broken.some((each) => within(each, path) || within(path, each));
  return crossProblems(config, complete(config)).filter(({ reads }) => !reads.some(told));
}

/** A problem whose message repeats nothing of a secret value: it has only the remedy, which is the part after the last `;`. */
function withoutSecret({ path, message }: Problem, secret: readonly string[]): Problem {
  const hidden = secret.some((key) => path === key || path.startsWith(`${key}.`));
  return { path, message: hidden ? (message.split("; ").at(-1) ?? "") : message };
}

/** With secret services, what each color is told counts as told in secret. */
function complete(raw: RawConfig, secretServices = false): CompletedConfig {
  const services = Object.entries(raw.services).map(([name, service]) => completeService(name, service, raw));
  const secrets = services.map((service) => [service.name, secretsOf(service, raw, secretServices)] as const);
  const { networkPolicy } = raw;
  return {
    traffic: { activeColor: raw.activeColor, canaryWeight: raw.canaryWeight },
    router: raw.router,
    namespace: raw.namespace,
    createNamespace: raw.createNamespace,
    services: secretServices ? services.map(untold) : services,
    secrets: Object.fromEntries(secrets),
    credentials: raw.credentials,
    // An empty map is no policy: it is the default that the engine hands over.
    ...(Object.keys(networkPolicy).length > 0 && {
      networkPolicy: { from: [], sameNamespace: true, ...networkPolicy },
    }),
    canary: { weightTotal: 100, mirror: 0, ...raw.canary },
    // All is the default that the engine hands over: with some routers it is none.
    standby: capabilities[raw.router].standby ? raw.standby : 0,
    install: raw.install,
    readyTimeout: raw.readyTimeout,
    gate: completeGate(raw.gate, Object.keys(raw.services)),
    drain: raw.drain,
    argoRollouts: { strategy: "canary", routing: "ingress-nginx", analysisTemplates: {}, ...raw.argoRollouts },
    allowActiveChange: raw.allowActiveChange,
    rollout: { ...rolloutDefaults, ...raw.rollout },
    adopt: raw.adopt,
    retainOnDelete: raw.retainOnDelete,
  };
}

const rolloutDefaults: RolloutSettings = {
  steps: [5, 20, 50],
  interval: { seconds: 60 },
  approve: false,
  idleTimeout: { seconds: 3600 },
  onIdleTimeout: "wait",
  onResume: "continue",
  policyPacks: [],
  notify: {},
  metrics: {},
};

function completeService(name: string, raw: RawService, config: RawConfig): ServiceSettings {
  const { port, ingress, previewHost = config.previewHost, expose, blue, green, ...shared } = raw;
  const own: Record<Color, RawWorkload> = { blue, green };
  const route = ingress === false ? undefined : completeRoute({ ...config.ingress, ...ingress }, previewHost, config);
  return {
    name,
    port,
    ...(route && { route }),
    expose: { type: "ClusterIP", annotations: {}, ...config.expose, ...expose },
    workloads: perColor((color) => completeWorkload(port, [shared, own[color]])),
  };
}

function secretsOf({ name, workloads }: ServiceSettings, { secrets }: RawConfig, secretServices: boolean) {
  const own = secrets[name] ?? {};
  return perColor((color): SecretSettings => {
    const { env, files } = workloads[color];
    return {
      env: { ...(secretServices && env), ...own.env, ...own[color]?.env },
      files: { ...(secretServices && files), ...own.files, ...own[color]?.files },
    };
  });
}

/** A service whose variables and files are kept elsewhere. */
function untold(service: ServiceSettings): ServiceSettings {
  return { ...service, workloads: perColor((color) => ({ ...service.workloads[color], env: {}, files: {} })) };
}

type RawRoute = z.output<typeof configSchema>["ingress"];

/** A route needs a host; without one the service is for callers inside the cluster. */
function completeRoute(
  raw: RawRoute,
  previewHost: string | undefined,
  { router }: RawConfig,
): RouteSettings | undefined {
  const { host, path = "/", className = capabilities[router].className, tls, gateway, annotations = {} } = raw;
  if (host === undefined) return undefined;
  return {
    host,
    path,
    className,
    annotations,
    ...(tls && { tlsSecret: tls }),
    ...(gateway && { gateway }),
    ...(previewHost && { previewHost }),
  };
}

/** Defaults that a production service can live with. `cyan` has them in the README's table. */
const defaults = {
  imagePullPolicy: "IfNotPresent",
  replicas: 2,
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true },
  readyFor: { seconds: 10 },
  // The pod goes on serving while its removal reaches every ingress controller and node, then has as long again to end.
  preStop: { seconds: 15 },
  terminationGrace: { seconds: 60 },
} as const;

const probeDefaults: Readonly<Record<"readiness" | "liveness" | "startup", ProbeSettings>> = {
  readiness: { path: "/", period: { seconds: 5 }, timeout: { seconds: 2 }, failureThreshold: 2 },
  // Slower to act than readiness, so that an overloaded pod is first taken out of traffic, not killed.
  liveness: { path: "/", period: { seconds: 10 }, timeout: { seconds: 5 }, failureThreshold: 6 },
  startup: { path: "/", period: { seconds: 2 }, timeout: { seconds: 2 }, failureThreshold: 60 },
};

/** Defaults, then what the service says for both colors, then what the color says; maps are joined key by key. */
function completeWorkload(port: number, layers: readonly RawWorkload[]): WorkloadSettings {
  const last = <K extends keyof RawWorkload>(key: K) => layers.findLast((layer) => layer[key] !== undefined)?.[key];
  const joined = <T extends object>(pick: (layer: RawWorkload) => T | undefined): T =>
    Object.assign({}, ...layers.map(pick)) as T;
  const autoscaling = last("autoscaling");
  return {
    image: last("image") ?? "",
    imagePullPolicy: last("imagePullPolicy") ?? defaults.imagePullPolicy,
    command: last("command") ?? [],
    args: last("args") ?? [],
    env: joined((layer) => layer.env),
    files: joined((layer) => layer.files),
    containerPort: last("containerPort") ?? port,
    replicas: last("replicas") ?? defaults.replicas,
    ...(autoscaling && { autoscaling }),
    resources: {
      requests: { ...defaults.resources.requests, ...joined((layer) => layer.resources?.requests) },
      limits: { ...defaults.resources.limits, ...joined((layer) => layer.resources?.limits) },
    },
    probes: {
      readiness: { ...probeDefaults.readiness, ...joined((layer) => layer.probes?.readiness) },
      liveness: { ...probeDefaults.liveness, ...joined((layer) => layer.probes?.liveness) },
      startup: { ...probeDefaults.startup, ...joined((layer) => layer.probes?.startup) },
    },
    securityContext: { ...defaults.securityContext, ...joined((layer) => layer.securityContext) },
    serviceAccount: { annotations: joined((layer) => layer.serviceAccount?.annotations) },
    readyFor: last("readyFor") ?? defaults.readyFor,
    terminationGrace: last("terminationGrace") ?? defaults.terminationGrace,
    preStop: last("preStop") ?? defaults.preStop,
  };
}
