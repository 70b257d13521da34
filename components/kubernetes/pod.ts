import { type types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type ProbeSettings, type WorkloadSettings } from "../model/settings";
import { objectLabels } from "./labels";

type PodTemplate = types.input.core.v1.PodTemplateSpec;
type Container = types.input.core.v1.Container;
type Probe = types.input.core.v1.Probe;

/**
 * The pods of one color of a service: unprivileged as the `restricted` level of pod security asks for, spread over
 * nodes, and serving on while their removal spreads. With `secretEnv` the environment variables are secrets, which the
 * state and the log hide.
 */
export function podTemplate(
  service: string,
  selector: Readonly<Record<string, string>>,
  workload: WorkloadSettings,
  secretEnv: boolean,
): PodTemplate {
  const { runAsNonRoot, runAsUser } = workload.securityContext;
  return {
    metadata: { labels: objectLabels(selector) },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: workload.terminationGrace.seconds,
      securityContext: {
        runAsNonRoot,
        ...(runAsUser !== undefined && { runAsUser }),
        seccompProfile: { type: "RuntimeDefault" },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { ...selector } },
        },
      ],
      containers: [container(service, workload, secretEnv)],
    },
  };
}

function container(service: string, workload: WorkloadSettings, secretEnv: boolean): Container {
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
