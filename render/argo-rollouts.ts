import { type Settings } from "../components/model/settings";
import { delayOf } from "../components/routers/argo-rollouts/rollout";
import { type ExportArgs } from "./exporter";
import { type Manifest } from "./manifest";
import { limits, nginxQueries, servingErrors } from "./nginx-metrics";
import { rewritten, type SingleWorkload } from "./single-workload";

const api = "argoproj.io/v1alpha1";

/**
 * The objects of one service for Argo Rollouts: a Rollout in the place of the Deployment, the two Services that it points at its
 * versions, and what judges a release. https://argo-rollouts.readthedocs.io/en/stable/features/specification/
 */
export function argoRollouts(workload: SingleWorkload, { settings, strategy, prometheus }: ExportArgs): Manifest[] {
  const { name, around, service, ingress, preview } = workload;
  const other = strategy === "canary" ? `${name}-canary` : `${name}-preview`;
  const judged = prometheus !== undefined && ingress !== undefined;
  const chosen =
    strategy === "canary" ? canary(workload, settings, other, judged) : blueGreen(workload, settings, other, judged);
  return [
    ...around.map(scalingRollout),
    rollout(workload, chosen),
    service,
    hidden(service, other),
    ...(ingress ? [ingress] : []),
    ...(preview && strategy === "blue-green" ? [preview] : []),
    ...(judged
      ? [template(workload, { strategy, other, prometheus, interval: settings.rollout.interval.seconds })]
      : []),
  ];
}

/** The Deployment as a Rollout: the same pods, which the controller tells apart by a label of its own. */
function rollout({ deployment }: SingleWorkload, strategy: object): Manifest {
  const { spec, ...rest } = deployment;
  const own = rewritten(spec, (key, value) => (key === "matchLabelKeys" ? ["rollouts-pod-template-hash"] : value));
  return {
    ...rest,
    apiVersion: api,
    kind: "Rollout",
    // As an update of Cyan's that does not become ready: it ends, and what served serves on.
    spec: { ...(own as object), progressDeadlineAbort: true, strategy },
  };
}

function scalingRollout(manifest: Manifest): Manifest {
  return rewritten(manifest, (key, value) => {
    return key === "scaleTargetRef" ? { ...(value as object), apiVersion: api, kind: "Rollout" } : value;
  }) as Manifest;
}

function canary({ name, ingress, canaryBy }: SingleWorkload, settings: Settings, other: string, judged: boolean) {
  const { rollout: plan } = settings;
  const { seconds } = plan.interval;
  // A pause of no time is none to Argo Rollouts.
  const pause = seconds > 0 ? [{ pause: { duration: `${seconds}s` } }] : [];
  const watched = plan.steps.flatMap((weight) => [{ setWeight: weight }, ...pause]);
  const by = Object.keys(canaryBy).length > 0 ? { additionalIngressAnnotations: canaryBy } : {};
  return {
    canary: {
      stableService: name,
      canaryService: other,
      maxSurge: "25%",
      maxUnavailable: 0,
      ...(ingress && {
        scaleDownDelaySeconds: delayOf(settings),
        trafficRouting: { nginx: { stableIngress: name, ...by } },
      }),
      steps: [...watched, ...(plan.approve ? [{ pause: {} }] : [])],
      // From the first pause on: before it there is nothing to measure.
      ...(judged && { analysis: { templates: [{ templateName: name }], startingStep: 1 } }),
    },
  };
}

function blueGreen({ name }: SingleWorkload, settings: Settings, other: string, judged: boolean) {
  const { rollout: plan } = settings;
  return {
    blueGreen: {
      activeService: name,
      previewService: other,
      autoPromotionEnabled: !plan.approve,
      ...(!plan.approve && { autoPromotionSeconds: plan.interval.seconds }),
      scaleDownDelaySeconds: delayOf(settings),
      ...(judged && { postPromotionAnalysis: { templates: [{ templateName: name }] } }),
    },
  };
}

/** The Service of what does not serve is not for everyone. */
function hidden({ metadata, spec }: Manifest, name: string): Manifest {
  const { namespace, labels } = metadata;
  const { selector, ports } = spec as { readonly selector: object; readonly ports: readonly object[] };
  const inside = rewritten(ports, (key, value) => (key === "nodePort" ? undefined : value));
  const own = { name, ...(namespace !== undefined && { namespace }), ...(labels && { labels }) };
  return { apiVersion: "v1", kind: "Service", metadata: own, spec: { selector, ports: inside } };
}

const every = 30;
const errorLimit = { name: "max-error-share", value: String(limits.errorShare) };
const latencyLimit = { name: "max-latency-ratio", value: String(limits.latencyRatio) };

interface Judged {
  /** Seconds that a new version is watched when it serves. */
  readonly interval: number;
  readonly strategy: ExportArgs["strategy"];
  readonly other: string;
  readonly prometheus: string;
}

/** Looked at every half minute, over the last minute. No data is no failure: a service may be asked nothing for a while. */
function template({ name, namespace, deployment }: SingleWorkload, args: Judged): Manifest {
  const version = { namespace, ingress: name };
  const metric = (called: string, query: string, most: string) => ({
    name: called,
    interval: `${every}s`,
    failureLimit: 2,
    successCondition: `len(result) == 0 || isNaN(result[0]) || result[0] <= {{args.${most}}}`,
    provider: { prometheus: { address: args.prometheus, query } },
  });
  const watched = { initialDelay: "1m", count: Math.max(2, Math.ceil(args.interval / every)) };
  const { errors, latency } = nginxQueries({ ...version, canary: args.other }, "1m");
  const canaries = [metric("errors", errors, errorLimit.name), metric("p95-latency", latency, latencyLimit.name)];
  const served = [{ ...metric("errors", servingErrors(version, "1m"), errorLimit.name), ...watched }];
  return {
    apiVersion: api,
    kind: "AnalysisTemplate",
    metadata: { name, namespace, labels: deployment.metadata.labels ?? {} },
    spec:
      args.strategy === "canary"
        ? { args: [errorLimit, latencyLimit], metrics: canaries }
        : { args: [errorLimit], metrics: served },
  };
}
