import { type types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ProbeSettings, type WorkloadSettings } from "../model/settings";
import { type KeyedFile, mountsOf } from "./files";
import { objectLabels } from "./labels";
import { type Owner, selectorOf } from "./metadata";

type PodTemplate = types.input.core.v1.PodTemplateSpec;
type Container = types.input.core.v1.Container;
type Probe = types.input.core.v1.Probe;
type Variable = types.input.core.v1.EnvVar;
type Volume = types.input.core.v1.Volume;
type Spread = types.input.core.v1.TopologySpreadConstraint;

/** What the pods of a color are made from. */
export interface PodArgs {
  readonly settings: WorkloadSettings;
  /** Name of the account that they run as. */
  readonly serviceAccount: pulumi.Input<string>;
  /** The ConfigMap that keeps their files, when there are any. */
  readonly config?: Keeper;
  /** The Secret that keeps their secret files and variables, when there are any. */
  readonly secret?: Keeper & { readonly variables: readonly string[] };
}

/** An object that keeps files. */
interface Keeper {
  readonly name: pulumi.Input<string>;
  readonly files: readonly KeyedFile[];
}

/**
 * The pods of one color of a service: unprivileged as the `restricted` level of pod security asks for, spread over
 * nodes and zones, and serving on while their removal spreads.
 */
export function podTemplate(owner: Owner, args: PodArgs): PodTemplate {
  const { settings, serviceAccount } = args;
  const volumes = volumesOf(args);
  const selector = selectorOf(owner);
  const { runAsNonRoot, runAsUser } = settings.securityContext;
  return {
    metadata: { labels: objectLabels(selector) },
    spec: {
      serviceAccountName: serviceAccount,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: settings.terminationGrace.seconds,
      securityContext: {
        runAsNonRoot,
        ...(runAsUser !== undefined && { runAsUser }),
        seccompProfile: { type: "RuntimeDefault" },
      },
      topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((key) =>
        spreadOver(key, selector),
      ),
      containers: [container(owner.service, args)],
      ...(volumes.length > 0 && { volumes }),
    },
  };
}

/**
 * Spreads pods as far as there is room: a cluster of one node or zone takes them all. Those of each revision are counted
 * apart; else an update would place the new pods around old ones that are about to go.
 */
function spreadOver(topologyKey: string, selector: Readonly<Record<string, string>>): Spread {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { ...selector } },
    matchLabelKeys: ["pod-template-hash"],
  };
}

function volumesOf({ config, secret }: PodArgs): Volume[] {
  return [
    ...(config ? [{ name: "config", configMap: { name: config.name } }] : []),
    ...(secret && secret.files.length > 0 ? [{ name: "secret", secret: { secretName: secret.name } }] : []),
  ];
}

/** Secret variables are named one by one: the object that keeps them has files too, which are none. */
function variablesOf({ settings, secret }: PodArgs): Variable[] {
  const open = Object.entries(settings.env).map(([name, value]) => ({ name, value }));
  const kept = secret?.variables.map((key) => ({ name: key, valueFrom: { secretKeyRef: { name: secret.name, key } } }));
  return [...open, ...(kept ?? [])];
}

function container(service: string, args: PodArgs): Container {
  const workload = args.settings;
  const { probes, resources, preStop } = workload;
  const env = variablesOf(args);
  const volumeMounts = [
    ...mountsOf("config", args.config?.files ?? []),
    ...mountsOf("secret", args.secret?.files ?? []),
  ];
  return {
    name: service,
    image: workload.image,
    imagePullPolicy: workload.imagePullPolicy,
    ...(workload.command.length > 0 && { command: [...workload.command] }),
    ...(workload.args.length > 0 && { args: [...workload.args] }),
    ...(env.length > 0 && { env }),
    ...(volumeMounts.length > 0 && { volumeMounts }),
    ports: [{ name: "http", containerPort: workload.containerPort }],
    resources: { requests: { ...resources.requests }, limits: { ...resources.limits } },
    readinessProbe: probe(probes.readiness),
    livenessProbe: probe(probes.liveness),
    startupProbe: probe(probes.startup),
    // The kubelet's own sleep (Kubernetes 1.30), so that an image without a shell can drain too.
    ...(preStop.seconds > 0 && { lifecycle: { preStop: { sleep: { seconds: preStop.seconds } } } }),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: workload.securityContext.readOnlyRootFilesystem,
    },
  };
}

function probe(settings: ProbeSettings): Probe {
  return {
    httpGet: { path: settings.path, port: "http" },
    periodSeconds: settings.period.seconds,
    timeoutSeconds: settings.timeout.seconds,
    failureThreshold: settings.failureThreshold,
  };
}
