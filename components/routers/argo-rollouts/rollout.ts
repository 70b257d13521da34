import { serviceLabels } from "../../kubernetes/labels";
import { type ObjectKind } from "../../live/cluster";
import { type Color, colors, otherColor } from "../../model/color";
import { names } from "../../model/names";
import { capabilitiesOf, isSplit } from "../../model/routers";
import { type ArgoAnalysis, type ServiceSettings } from "../../model/settings";
import { type Traffic } from "../../model/traffic";
import { overrideAnnotations, prefix } from "../ingress-nginx/annotations";
import { type RouteArgs } from "../router";

export const rolloutKind: ObjectKind = { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" };
export const analysisTemplateKind: ObjectKind = { apiVersion: rolloutKind.apiVersion, kind: "AnalysisTemplate" };

/** The controller's own default, under which it advises not to go: rules of nodes take as long to follow. */
const leastDelay = 30;

type Step = { readonly setWeight: number } | { readonly pause: object };

/** The parts of a Rollout that are read: https://argo-rollouts.readthedocs.io/en/stable/features/specification/ */
export interface RolloutSpec {
  readonly workloadRef?: { readonly name?: string };
  readonly strategy?: {
    readonly canary?: { readonly analysis?: object; readonly trafficRouting?: object };
    readonly blueGreen?: object;
  };
}

/**
 * The Rollout of one service. It runs what the Deployment of one color says; another color's is another version to it, which
 * it makes whole, as large as the one that serves, before it gets its share.
 *
 * Its versions are exchanged as a whole where the strategy says so, and where no route leads to the service: nothing is split.
 */
export function rolloutSpec(service: ServiceSettings, args: RouteArgs): object {
  const { traffic, readyTimeout } = args;
  const workloads = colors.map((color) => service.workloads[color]);
  const replicas = Math.max(...workloads.map((workload) => workload.replicas));
  const split = args.argoRollouts.strategy === "canary" && isSplit(args, service);
  return {
    replicas,
    // One of these for both versions, so that the stricter color's is kept.
    minReadySeconds: Math.max(...workloads.map(({ readyFor }) => readyFor.seconds)),
    progressDeadlineSeconds: readyTimeout.seconds,
    // What does not become ready ends there, and what served serves on.
    progressDeadlineAbort: true,
    revisionHistoryLimit: 3,
    selector: { matchLabels: serviceLabels(service.name) },
    ...ledTo(service.name, traffic, split),
    strategy: split ? { canary: canary(service, replicas, args) } : { blueGreen: blueGreen(service, args) },
  };
}

/** Whether the ratio of a Rollout's pods is what splits requests. */
export function isByPods({ strategy }: RolloutSpec): boolean {
  return strategy?.canary !== undefined && strategy.canary.trafficRouting === undefined;
}

/** Pods are added, and are available, before others are taken away. */
const surge = { maxSurge: "25%", maxUnavailable: 0 };

function canary(service: ServiceSettings, replicas: number, args: RouteArgs): object {
  const steps = stepsTo(args.traffic.canaryWeight, args.argoRollouts.analysis);
  return capabilitiesOf(args).shareBy === "pods" ? { ...surge, ...steps } : byIngress(service, replicas, args, steps);
}

function byIngress({ name }: ServiceSettings, replicas: number, args: RouteArgs, steps: object): object {
  const by = Object.entries(overrideAnnotations(args.canary)).map(([key, value]) => [
    key.slice(prefix.length + 1),
    value,
  ]);
  return {
    stableService: names.stable(name),
    canaryService: names.canary(name),
    ...surge,
    // Whole at every weight: a step that changes would else be at 0 % until the version has grown to it.
    minPodsPerReplicaSet: replicas,
    scaleDownDelaySeconds: delayOf(args),
    trafficRouting: {
      nginx: {
        stableIngress: names.stable(name),
        ...(by.length > 0 && { additionalIngressAnnotations: Object.fromEntries(by) as Record<string, string> }),
      },
    },
    ...steps,
  };
}

function blueGreen({ name }: ServiceSettings, args: RouteArgs): object {
  const { prePromotionAnalysis, postPromotionAnalysis } = args.argoRollouts;
  return {
    activeService: names.stable(name),
    previewService: names.canary(name),
    autoPromotionEnabled: true,
    scaleDownDelaySeconds: delayOf(args),
    ...(prePromotionAnalysis && { prePromotionAnalysis }),
    ...(postPromotionAnalysis && { postPromotionAnalysis }),
  };
}

/** Seconds for which a version that lost its share keeps its pods. */
export function delayOf({ drain }: Pick<RouteArgs, "drain">): number {
  return Math.max(leastDelay, drain.seconds);
}

/**
 * Without a weight a version is promoted when it has everything; with one it stays at that until another one is declared, and
 * is judged from when it has it. A flip is not judged: one that goes back must not be held up.
 */
export function stepsTo(canaryWeight: number, analysis?: ArgoAnalysis): { steps: Step[]; analysis?: object } {
  if (canaryWeight === 0) return { steps: [{ setWeight: 100 }] };
  const steps = [{ setWeight: canaryWeight }, { pause: {} }];
  return { steps, ...(analysis && { analysis: { ...analysis, startingStep: 1 } }) };
}

/** Which color's Deployment a Rollout runs: what is tried, else what serves. */
export function ledTo(service: string, traffic: Traffic, split: boolean) {
  const { activeColor, canaryWeight } = traffic;
  const color: Color = split && canaryWeight > 0 ? otherColor(activeColor) : activeColor;
  const name = names.environment(service, color);
  return { workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name, scaleDown: "never" } };
}
