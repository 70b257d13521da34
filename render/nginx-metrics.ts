/** One version of a service, as the metrics of ingress-nginx have it. */
interface Version {
  readonly namespace: string;
  /** The main Ingress. */
  readonly ingress: string;
  /** The Service of the canary; absent for what the main Ingress leads to. */
  readonly canary?: string;
}

/** What two versions are compared by, as PromQL with one number as its value. */
export interface Queries {
  /** Part of the canary's requests that were answered with 5xx, from 0 to 1. */
  readonly errors: string;
  /** The canary's p95 latency as a multiple of the other version's. */
  readonly latency: string;
}

/** What a canary is allowed where a template wants a number; a team puts its own there. */
export const limits = { errorShare: 0.01, latencyRatio: 1.25 } as const;

/**
 * ingress-nginx counts a canary's requests under the main Ingress, and names the backend that answered, NAMESPACE-SERVICE-PORT,
 * in the label `canary`: https://kubernetes.github.io/ingress-nginx/user-guide/monitoring/
 *
 * @param window what a rate is taken over, as PromQL writes it.
 */
export function nginxQueries(version: Required<Version>, window: string): Queries {
  const canary = selector(version);
  const stable = selector({ namespace: version.namespace, ingress: version.ingress });
  return { errors: errorShare(canary, window), latency: `${p95(canary, window)} / ${p95(stable, window)}` };
}

/** As `nginxQueries`, for the version that serves: only its errors, for there is none to compare it with. */
export function servingErrors(version: Omit<Version, "canary">, window: string): string {
  return errorShare(selector(version), window);
}

function selector({ namespace, ingress, canary }: Version): string {
  const backend = canary === undefined ? `canary=""` : `canary=~"${namespace}-${canary}-[0-9a-z-]+"`;
  return `namespace="${namespace}",ingress="${ingress}",${backend}`;
}

/** Without one bad request there is no series of them. */
function errorShare(which: string, window: string): string {
  const rate = (and: string): string => `sum(rate(nginx_ingress_controller_requests{${which}${and}}[${window}]))`;
  return `(${rate(`,status=~"5.."`)} or vector(0)) / ${rate("")}`;
}

function p95(which: string, window: string): string {
  const buckets = `nginx_ingress_controller_request_duration_seconds_bucket{${which}}`;
  return `histogram_quantile(0.95, sum by (le) (rate(${buckets}[${window}])))`;
}
