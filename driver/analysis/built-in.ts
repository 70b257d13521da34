import { type AnalysisSpec, parseAnalysis } from "./spec";

/** The controllers whose own metrics tell the colors apart. */
export const controllers = ["traefik", "ingress-nginx"] as const;
export type Controller = (typeof controllers)[number];

/** PromQL selectors of one color of one service: counters of requests, of bad ones, and of latencies by bucket, in seconds. */
export interface BuiltInSelectors {
  readonly total: readonly string[];
  readonly bad: readonly string[];
  readonly buckets: readonly string[];
}

/**
 * Traefik 3.7 names a route's main backend NAMESPACE-INGRESS-SERVICE-PORT, and its canary after the main backend, with
 * `-canary` at the end: a color is the main backend with its own name, or the canary of the other color.
 */
function traefik(): BuiltInSelectors {
  const service = `service=~"{{namespace}}-{{service}}-({{environment}}-[0-9]+|{{otherEnvironment}}-[0-9]+-canary)@kubernetesingressnginx"`;
  return {
    total: [`traefik_service_requests_total{${service}}`],
    bad: [`traefik_service_requests_total{${service},code=~"5.."}`],
    buckets: [`traefik_service_request_duration_seconds_bucket{${service}}`],
  };
}

/**
 * ingress-nginx counts under the main Ingress' service, and names the canary's backend, NAMESPACE-SERVICE-PORT, in the
 * label `canary` where that answered: https://kubernetes.github.io/ingress-nginx/user-guide/monitoring/
 */
function ingressNginx(): BuiltInSelectors {
  const route = `namespace="{{namespace}}",ingress="{{service}}"`;
  const both = (metric: string, and = ""): string[] => [
    `${metric}{${route},service="{{environment}}",canary=""${and}}`,
    `${metric}{${route},canary=~"{{namespace}}-{{environment}}-[0-9a-z-]+"${and}}`,
  ];
  return {
    total: both("nginx_ingress_controller_requests"),
    bad: both("nginx_ingress_controller_requests", `,status=~"5.."`),
    buckets: both("nginx_ingress_controller_request_duration_seconds_bucket"),
  };
}

/** The selectors of each controller, with the variables of an analysis. */
export const builtInSelectors = { traefik: traefik(), "ingress-nginx": ingressNginx() } as const satisfies Record<
  Controller,
  BuiltInSelectors
>;

/** What can be said of the built-in analysis in the place of a file. */
export interface BuiltInOptions {
  /** Where Prometheus answers; CYAN_PROMETHEUS in the sandbox's shell. */
  readonly prometheus: string;
  readonly controller: Controller;
}

/**
 * The analysis of a rollout that has no file: errors (status 5xx) and p95 latency, canary against active, judged by the
 * sequential tests.
 *
 * @throws Error when the address of Prometheus is none; its message says what would be right.
 */
export function builtInAnalysis({ prometheus, controller }: BuiltInOptions): AnalysisSpec {
  const { total, bad, buckets } = builtInSelectors[controller];
  const either = (selectors: readonly string[]): string => selectors.join(" or ");
  const parsed = parseAnalysis({
    providers: { prometheus: { kind: "prometheus", url: prometheus } },
    metrics: [
      { name: "errors", judge: "proportion", total: either(total), bad: either(bad) },
      { name: "p95 latency", judge: "quantile", buckets: either(buckets), quantile: 0.95 },
    ],
  });
  if ("spec" in parsed) return parsed.spec;
  throw new Error(`the address of Prometheus ${parsed.problems.map(({ message }) => message).join("; ")}`);
}

/** Which controller's metrics a Prometheus has; undefined when it has none of them. */
export async function detectController(ask: (query: string) => Promise<boolean>): Promise<Controller | undefined> {
  const names = { traefik: "traefik_config_reloads_total", "ingress-nginx": "nginx_ingress_controller_config_hash" };
  for (const controller of controllers) if (await ask(`count(${names[controller]})`)) return controller;
  return undefined;
}
