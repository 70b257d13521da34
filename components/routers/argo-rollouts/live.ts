import { leftOf, within } from "../../live/changes";
import { readyEndpoints } from "../../live/endpoints";
import { type Cluster, type KubernetesObject, type ObjectKind, serviceKind } from "../../live/cluster";
import { applyPatches, kindsOf, type LiveObjects, type LiveRouter, type Patch, readObjects } from "../../live/router";
import { type Color, colors, otherColor } from "../../model/color";
import { type Duration, formatDuration } from "../../model/duration";
import { type LiveRoute } from "../../model/live";
import { names } from "../../model/names";
import { weightOfPods } from "../../model/pod-split";
import { type Traffic } from "../../model/traffic";
import { lastWrite, recordOf, trafficRecord } from "../record";
import { type AnalysisRun, analysisRunKind, failedRun, type RunStatus, unjudged, versionLabel } from "./analysis";
import { isByPods, ledTo, rolloutKind, type RolloutSpec, stepsTo } from "./rollout";

const replicaSetKind: ObjectKind = { apiVersion: "apps/v1", kind: "ReplicaSet" };

/** https://github.com/argoproj/argo-rollouts/blob/master/pkg/apis/rollouts/v1alpha1/types.go */
interface Rollout extends KubernetesObject {
  readonly spec?: RolloutSpec;
  readonly status?: {
    readonly observedGeneration?: string;
    readonly workloadObservedGeneration?: string;
    readonly phase?: string;
    readonly message?: string;
    readonly abort?: boolean;
    /** The version that serves. */
    readonly stableRS?: string;
    /** The version that is brought out, or was last. */
    readonly currentPodHash?: string;
    readonly currentStepIndex?: number;
    readonly canary?: {
      readonly currentBackgroundAnalysisRunStatus?: RunStatus;
      readonly weights?: { readonly canary: { readonly weight: number; readonly podTemplateHash?: string } };
    };
    readonly blueGreen?: {
      readonly activeSelector?: string;
      readonly prePromotionAnalysisRunStatus?: RunStatus;
      readonly postPromotionAnalysisRunStatus?: RunStatus;
    };
  };
}

interface ReplicaSet extends KubernetesObject {
  readonly spec?: { readonly replicas?: number };
}

/** Rollouts of Argo's controller: it says which versions share the requests, and their ReplicaSets of which color they are. */
export const argoRollouts: LiveRouter = {
  kinds: [rolloutKind],
  reads: [replicaSetKind, analysisRunKind],
  trafficObjects: (name) => [
    { kind: rolloutKind.kind, name: names.active(name), gives: "main" },
    { kind: serviceKind.kind, name: names.active(name), gives: "inside" },
  ],
  read: (objects, service) => {
    const rollout = findRollout(objects, service);
    return rollout && routeOf(rollout, objects, service);
  },
  replicas: (objects, service, color) =>
    versionsOf(objects, service)
      .filter((version) => colorOf(version) === color)
      .reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), 0),
  arrived,
  move,
};

function findRollout(objects: LiveObjects, service: string): Rollout | undefined {
  return objects.of(rolloutKind).find(({ metadata }) => metadata?.name === names.active(service));
}

/** The ReplicaSets that the controller has for a service; a Deployment's own are not marked as they are. */
function versionsOf(objects: LiveObjects, service: string): readonly ReplicaSet[] {
  return objects.of(replicaSetKind).filter(({ metadata }) => {
    const labels = metadata?.labels ?? {};
    return labels["app.kubernetes.io/name"] === service && labels[versionLabel] !== undefined;
  });
}

function colorOf({ metadata }: ReplicaSet): Color | undefined {
  return colors.find((color) => color === metadata?.labels?.["cyan.dev/color"]);
}

function routeOf(rollout: Rollout, objects: LiveObjects, service: string): LiveRoute {
  const { spec = {}, status } = rollout;
  const versions = versionsOf(objects, service);
  const colorOfVersion = (hash: string | undefined): Color | undefined => {
    const found = versions.find(({ metadata }) => metadata?.labels?.[versionLabel] === hash);
    return found && colorOf(found);
  };
  const active = colorOfVersion(spec.strategy?.blueGreen ? status?.blueGreen?.activeSelector : status?.stableRS);
  const tried = spec.strategy?.canary && status?.canary?.weights?.canary;
  const color = colorOfVersion(tried?.podTemplateHash);
  const byWeight =
    color !== undefined && color !== active
      ? { color, weight: tried?.weight ?? 0 }
      : { ...(active && { color: otherColor(active) }), weight: 0 };
  const canary = active && isByPods(spec) ? shareOfPods(active, objects, service) : byWeight;
  // An abort is the controller's own way back, and no edit by hand.
  const declared = recordOf(rollout);
  const recorded = active && status?.abort ? { activeColor: active, canaryWeight: canary.weight } : declared;
  const movedAt = lastWrite([rollout]);
  return {
    ...(active && { active }),
    canary,
    ...(recorded && { recorded }),
    ...(declared &&
      status?.abort && { aborted: { traffic: declared, says: stays(rollout, runsOf(objects, rollout)) } }),
    ...(movedAt && { movedAt }),
  };
}

/** What the ready pods make of the requests. */
function shareOfPods(active: Color, { slices }: LiveObjects, service: string): NonNullable<LiveRoute["canary"]> {
  const ready = (color: Color): number => readyEndpoints(slices, names.environment(service, color));
  const color = otherColor(active);
  return { color, weight: weightOfPods({ active: ready(active), idle: ready(color) }), byPods: true };
}

/** Whether the controller has seen what was last written, of the Rollout and of the Deployment that it runs. */
function isObserved({ metadata, status }: Rollout, { deployments }: LiveObjects, runs: string | undefined): boolean {
  const workload = deployments.find((each) => each.metadata?.name === runs);
  const seen = Number(status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  return seen && Number(status?.workloadObservedGeneration ?? 0) === (workload?.metadata?.generation ?? 0);
}

/**
 * What hinders the requests of a service to be led as declared; undefined when they are.
 *
 * @throws Error when the controller has given up.
 */
function hindrance(objects: LiveObjects, service: string, traffic: Traffic): string | undefined {
  const rollout = findRollout(objects, service);
  if (rollout === undefined) return "there is no Rollout";
  const { spec, status } = rollout;
  if (!isObserved(rollout, objects, spec?.workloadRef?.name)) return "the controller has not seen what was written";
  const says = status?.message ?? `it is ${status?.phase ?? "not begun"}`;
  const runs = runsOf(objects, rollout);
  if (status?.abort) {
    throw new Error(`${service}: Argo Rollouts aborted, and what served serves on: ${abortOf(rollout, runs)}`);
  }
  const { active, canary } = routeOf(rollout, objects, service);
  const weight = spec?.strategy?.canary === undefined ? 0 : traffic.canaryWeight;
  // The step that gives the weight is done when the pause after it has begun.
  const given = canary?.byPods ? weight === 0 || status?.currentStepIndex === 1 : canary?.weight === weight;
  const there = active === traffic.activeColor && given;
  if (there && weight === 0 && status?.phase === "Healthy") return undefined;
  const judging = judgingOf(rollout);
  const wait = judging.map((each) => unjudged(service, each, runs)).find((each) => each !== undefined);
  if (!there || weight === 0 || status?.phase !== "Paused") return wait ?? says;
  const begun = spec?.strategy?.canary?.analysis === undefined || judging.length > 0;
  return begun ? wait : "its analysis has not begun";
}

function runsOf(objects: LiveObjects, { metadata }: Rollout): AnalysisRun[] {
  return objects
    .of(analysisRunKind)
    .filter((run) =>
      run.metadata?.ownerReferences?.some(({ kind, name }) => kind === "Rollout" && name === metadata?.name),
    );
}

/** What judges the version that a Rollout brings out. */
function judgingOf({ spec, status }: Rollout): RunStatus[] {
  const { prePromotionAnalysisRunStatus: before, postPromotionAnalysisRunStatus: after } = status?.blueGreen ?? {};
  const found = spec?.strategy?.blueGreen ? [before, after] : [status?.canary?.currentBackgroundAnalysisRunStatus];
  return found.filter((each) => each !== undefined);
}

/** An aborted Rollout stays so until something else is declared. */
function stays(rollout: Rollout, runs: readonly AnalysisRun[]): string {
  return (
    `Argo Rollouts has aborted what is declared (${abortOf(rollout, runs)}); it tries again when another image or traffic ` +
    `is declared, or by: kubectl argo rollouts retry rollout ${rollout.metadata?.name ?? ""}`
  );
}

/** Why the controller has aborted, with the run that failed. */
function abortOf({ status }: Rollout, runs: readonly AnalysisRun[]): string {
  const says = status?.message ?? "it does not say why";
  const run = failedRun(status?.currentPodHash, says, runs);
  return run === undefined ? says : `${says} (AnalysisRun ${run})`;
}

async function arrived(
  cluster: Cluster,
  services: readonly string[],
  traffic: Traffic,
  timeout: Duration,
): Promise<void> {
  const hindered = async (): Promise<string[]> => {
    const objects = await readObjects(cluster, kindsOf(argoRollouts));
    return services.flatMap((service) => {
      const why = hindrance(objects, service, traffic);
      return why === undefined ? [] : [`${service}: ${why}`];
    });
  };
  const watch = async (changed: () => void, signal: AbortSignal): Promise<void> => {
    await Promise.all([rolloutKind, analysisRunKind].map((kind) => cluster.watch(kind, changed, signal)));
  };
  // The controller gives up by itself when it gets no further for the time; it is left to say why.
  const longest = { seconds: 2 * timeout.seconds };
  const left = await within(longest, (signal) => leftOf(hindered, watch, signal));
  if (left.length === 0) return;
  const lines = left.map((line) => `\n  ${line}`).join("");
  throw new Error(`Argo Rollouts has not led the requests as declared within ${formatDuration(longest)}:${lines}`);
}

/**
 * Declares another traffic to the controller, as an update would; nothing is promoted or aborted by a status, which the next
 * update would not know of.
 */
async function move(cluster: Cluster, services: readonly string[], traffic: Traffic): Promise<void> {
  const objects = await readObjects(cluster, [rolloutKind]);
  const metadata = { annotations: trafficRecord(traffic) };
  const led = services.flatMap((service): Patch[] => {
    const rollout = findRollout(objects, service);
    if (rollout === undefined) return [];
    const split = rollout.spec?.strategy?.canary !== undefined;
    const strategy = split ? { strategy: { canary: { analysis: null, ...stepsTo(traffic.canaryWeight) } } } : {};
    const change = { metadata, spec: { ...ledTo(service, traffic, split), ...strategy } };
    return [{ service, kind: rolloutKind, name: names.active(service), change }];
  });
  const inside = led.map(({ service }): Patch => {
    const byPods = isByPods(findRollout(objects, service)?.spec ?? {});
    // A Service that pods split selects both colors.
    const change = { metadata, ...(!byPods && { spec: { selector: { "cyan.dev/color": traffic.activeColor } } }) };
    return { service, kind: serviceKind, name: names.active(service), change };
  });
  await applyPatches(cluster, services, [led, inside]);
}
