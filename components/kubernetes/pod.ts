import { type types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type ProbeSettings, type WorkloadSettings } from "../model/settings";
import { objectLabels } from "./labels";
import { type Owner, selectorOf } from "./metadata";

type PodTemplate = types.input.core.v1.PodTemplateSpec;
type Container = types.input.core.v1.Container;
type Probe = types.input.core.v1.Probe;
type Spread = types.input.core.v1.TopologySpreadConstraint;

/** What the pods of a color are made from. */
export interface PodArgs {
  readonly settings: WorkloadSettings;
  /** Name of the account that they run as. */
  readonly serviceAccount: pulumi.Input<string>;
  /** Whether the environment variables are secrets, which the state and the log hide. */
  readonly secretEnv: boolean;
}

/**
 * The pods of one color of a service: unprivileged as the `restricted` level of pod security asks for, spread over
 * nodes and zones, and serving on while their removal spreads.
 */
export function podTemplate(owner: Owner, args: PodArgs): PodTemplate {
  const { settings, serviceAccount } = args;
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

function container(service: string, { settings: workload, secretEnv }: PodArgs): Container {
  const { probes, resources, preStop } = workload;
  return {
    name: service,
    image: workload.image,
    imagePullPolicy: workload.imagePullPolicy,
    ...(workload.command.length > 0 && { command: [...workload.command] }),
    ...(workload.args.length > 0 && { args: [...workload.args] }),
    ...(Object.keys(workload.env).length > 0 && {
      env: Object.entries(workload.env).map(([name, value]) => ({
        name,
        value: secretEnv ? pulumi.secret(value) : value,
      })),
    }),
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
