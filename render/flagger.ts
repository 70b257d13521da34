import { type ExportArgs } from "./exporter";
import { type Manifest } from "./manifest";
import { limits, nginxQueries, type Queries } from "./nginx-metrics";
import { rewritten, type SingleWorkload } from "./single-workload";

const api = "flagger.app/v1beta1";

/**
 * The objects of one service for Flagger: a Canary beside the Deployment, which becomes the canary's, and what judges a release.
 * Flagger makes the Services, the canary Ingress and a second Deployment, `SERVICE-primary`, by itself.
 * https://docs.flagger.app/tutorials/nginx-progressive-delivery
 */
export function flagger(workload: SingleWorkload, { prometheus, settings }: ExportArgs): Manifest[] {
  const { deployment, around, ingress } = workload;
  const templates = prometheus === undefined || ingress === undefined ? [] : metricTemplates(workload, prometheus);
  return [
    ...around.map((each) => forBoth(each, workload.name)),
    deployment,
    ...(ingress ? [ingress] : []),
    canary(workload, settings, templates),
    ...templates,
  ];
}

/** What selects pods selects those of both Deployments: the primary's have another name in the same label. */
function forBoth(manifest: Manifest, name: string): Manifest {
  const key = "app.kubernetes.io/name";
  return rewritten(manifest, (field, value) => {
    if (field !== "selector" && field !== "podSelector") return value;
    const { matchLabels } = value as { readonly matchLabels?: Readonly<Record<string, string>> };
    if (matchLabels?.[key] !== name) return value;
    return { matchExpressions: [{ key, operator: "In", values: [name, `${name}-primary`] }] };
  }) as Manifest;
}

function canary(
  { name, namespace, port, deployment, around, ingress }: SingleWorkload,
  { rollout, readyTimeout }: ExportArgs["settings"],
  templates: readonly Manifest[],
): Manifest {
  const autoscaler = around.find(({ kind }) => kind === "HorizontalPodAutoscaler");
  const refer = (to: Manifest) => ({ apiVersion: to.apiVersion, kind: to.kind, name: to.metadata.name });
  const most = [limits.errorShare, limits.latencyRatio];
  return {
    apiVersion: api,
    kind: "Canary",
    metadata: { name, namespace, labels: deployment.metadata.labels ?? {} },
    spec: {
      provider: ingress === undefined ? "kubernetes" : "nginx",
      targetRef: refer(deployment),
      ...(ingress && { ingressRef: refer(ingress) }),
      ...(autoscaler && { autoscalerRef: refer(autoscaler) }),
      progressDeadlineSeconds: readyTimeout.seconds,
      service: { port, portName: "http", targetPort: "http" },
      analysis: {
        interval: `${rollout.interval.seconds}s`,
        // Failed looks before it is taken back.
        threshold: 2,
        ...(ingress === undefined ? { iterations: rollout.steps.length } : { stepWeights: rollout.steps }),
        metrics: templates.map(({ metadata }, index) => ({
          name: metadata.name,
          templateRef: { name: metadata.name },
          thresholdRange: { max: most[index] },
          interval: "1m",
        })),
        ...(rollout.approve && {
          webhooks: [
            { name: "approval", type: "confirm-promotion", url: `http://flagger-loadtester.${namespace}/gate/check` },
          ],
        }),
      },
    },
  };
}

function metricTemplates({ name, namespace, deployment }: SingleWorkload, address: string): Manifest[] {
  const queries = nginxQueries({ namespace, ingress: name, canary: `${name}-canary` }, "{{ interval }}");
  const named: readonly (readonly [keyof Queries, string])[] = [
    ["errors", `${name}-errors`],
    ["latency", `${name}-p95-latency`],
  ];
  return named.map(([key, called]) => ({
    apiVersion: api,
    kind: "MetricTemplate",
    metadata: { name: called, namespace, labels: deployment.metadata.labels ?? {} },
    spec: { provider: { type: "prometheus", address }, query: queries[key] },
  }));
}
