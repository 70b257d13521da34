import { type JobManifest } from "../live/cluster";
import { names } from "../model/names";
import { type JobGateSettings, type Settings } from "../model/settings";
import { type Entry } from "../model/needs";

/** How long a Job that has ended stays, to be looked at. */
const kept = 3_600;

/** A Job that hangs is ended by the cluster this long after nobody waits for it any more. */
const grace = 30;

/**
 * The Job that `gate.job` asks for. Its pod is unprivileged, as the `restricted` level of pod security asks for, and has
 * no token of the API server. `CYAN_URLS` tells it where the colors that enter are reached inside the cluster.
 */
export function jobManifest(job: JobGateSettings, settings: Settings, entries: readonly Entry[]): JobManifest {
  const labels = { "app.kubernetes.io/managed-by": "cyan", "cyan.dev/gate": "job" };
  return {
    // The API server makes the rest of the name: one that ran before is never in the way.
    metadata: { generateName: "cyan-gate-", labels },
    spec: {
      backoffLimit: job.backoff,
      activeDeadlineSeconds: job.timeout.seconds + grace,
      ttlSecondsAfterFinished: kept,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            ...(job.runAsUser !== undefined && { runAsUser: job.runAsUser }),
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [container(job, urlsOf(settings, entries))],
        },
      },
    },
  };
}

function container(job: JobGateSettings, urls: readonly string[]): object {
  const env = { CYAN_URLS: urls.join(" "), ...job.env };
  return {
    name: "gate",
    image: job.image,
    imagePullPolicy: job.imagePullPolicy,
    ...(job.command.length > 0 && { command: job.command }),
    ...(job.args.length > 0 && { args: job.args }),
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    resources: job.resources,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
  };
}

/** Where the colors that enter are reached from a pod of the namespace. */
function urlsOf({ services, namespace }: Settings, entries: readonly Entry[]): string[] {
  return entries.map(({ service, color }) => {
    const port = services.find(({ name }) => name === service)?.port ?? 80;
    return `http://${names.environment(service, color)}.${namespace}.svc:${port}`;
  });
}
