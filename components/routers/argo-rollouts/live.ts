import { leftOf, within } from "../../live/changes";
import { type Cluster, type KubernetesObject, type ObjectKind, serviceKind } from "../../live/cluster";
import { applyPatches, kindsOf, type LiveObjects, type LiveRouter, type Patch, readObjects } from "../../live/router";
import { type Color, colors, otherColor } from "../../model/color";
import { type Duration, formatDuration } from "../../model/duration";
import { type Findings, noFindings } from "../../model/findings";
import { type LiveRoute } from "../../model/live";
import { names } from "../../model/names";
import { type Traffic } from "../../model/traffic";
import { lastWrite, recordOf, trafficRecord } from "../record";
import { ledTo, rolloutKind, type RolloutSpec, stepsTo } from "./rollout";

const replicaSetKind: ObjectKind = { apiVersion: "apps/v1", kind: "ReplicaSet" };
/** By which the controller tells versions apart. */
const versionLabel = "rollouts-pod-template-hash";

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
    readonly canary?: {
      readonly weights?: { readonly canary: { readonly weight: number; readonly podTemplateHash?: string } };
    };
    readonly blueGreen?: { readonly activeSelector?: string };
  };
}

interface ReplicaSet extends KubernetesObject {
  readonly spec?: { readonly replicas?: number };
}

/** Rollouts of Argo's controller: it says which versions share the requests, and their ReplicaSets of which color they are. */
export const argoRollouts: LiveRouter = {
  kinds: [rolloutKind],
  reads: [replicaSetKind],
  trafficObjects: (name) => [
    { kind: rolloutKind.kind, name: names.active(name), gives: "main" },
    { kind: serviceKind.kind, name: names.active(name), gives: "inside" },
  ],
  read: (objects, service) => {
    const rollout = findRollout(objects, service);
    return rollout && routeOf(rollout, versionsOf(objects, service));
  },
  replicas: (objects, service, color) =>
    versionsOf(objects, service)
      .filter((version) => colorOf(version) === color)
      .reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), 0),
  arrived,
  lint,
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

function routeOf(rollout: Rollout, versions: readonly ReplicaSet[]): LiveRoute {
  const { spec, status } = rollout;
  const colorOfVersion = (hash: string | undefined): Color | undefined => {
    const found = versions.find(({ metadata }) => metadata?.labels?.[versionLabel] === hash);
    return found && colorOf(found);
  };
  const active = colorOfVersion(spec?.strategy?.blueGreen ? status?.blueGreen?.activeSelector : status?.stableRS);
  const tried = spec?.strategy?.canary && status?.canary?.weights?.canary;
  const color = colorOfVersion(tried?.podTemplateHash);
  const canary =
    color !== undefined && color !== active
      ? { color, weight: tried?.weight ?? 0 }
      : { ...(active && { color: otherColor(active) }), weight: 0 };
  // An abort is the controller's own way back, and no edit by hand.
  const recorded = active && status?.abort ? { activeColor: active, canaryWeight: canary.weight } : recordOf(rollout);
  const movedAt = lastWrite([rollout]);
  return {
    ...(active && { active }),
    canary,
    ...(recorded && { recorded }),
    ...(movedAt && { movedAt }),
  };
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
  if (status?.abort) throw new Error(`${service}: Argo Rollouts aborted, and what served serves on: ${says}`);
  const { active, canary } = routeOf(rollout, versionsOf(objects, service));
  const weight = spec?.strategy?.canary === undefined ? 0 : traffic.canaryWeight;
  const there = active === traffic.activeColor && canary?.weight === weight;
  return there && status?.phase === (weight > 0 ? "Paused" : "Healthy") ? undefined : says;
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
  const watch = (changed: () => void, signal: AbortSignal) => cluster.watch(rolloutKind, changed, signal);
  // The controller gives up by itself when it gets no further for the time; it is left to say why.
  const longest = { seconds: 2 * timeout.seconds };
  const left = await within(longest, (signal) => leftOf(hindered, watch, signal));
  if (left.length === 0) return;
  const lines = left.map((line) => `\n  ${line}`).join("");
  throw new Error(`Argo Rollouts has not led the requests as declared within ${formatDuration(longest)}:${lines}`);
}

/** An aborted Rollout stays so until something else is declared. */
async function lint(
  cluster: Cluster,
  { services, traffic }: { services: readonly { name: string }[]; traffic: Traffic },
) {
  const found = (await cluster.objects(rolloutKind)) ?? [];
  const aborted = services.flatMap(({ name }): string[] => {
    const rollout: Rollout | undefined = found.find(({ metadata }) => metadata?.name === names.active(name));
    const recorded = rollout && recordOf(rollout);
    const same = recorded?.activeColor === traffic.activeColor && recorded.canaryWeight === traffic.canaryWeight;
    if (!rollout?.status?.abort || !same) return [];
    return [
      `${name}: Argo Rollouts has aborted what is declared (${rollout.status.message ?? ""}); it tries again when another ` +
        `image or traffic is declared, or by: kubectl argo rollouts retry rollout ${names.active(name)}`,
    ];
  });
  return { ...noFindings, warnings: aborted } satisfies Findings;
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
    const strategy = split ? { strategy: { canary: { steps: stepsTo(traffic.canaryWeight) } } } : {};
    const change = { metadata, spec: { ...ledTo(service, traffic, split), ...strategy } };
    return [{ service, kind: rolloutKind, name: names.active(service), change }];
  });
  const inside = led.map(({ service }): Patch => {
    const change = { metadata, spec: { selector: { "cyan.dev/color": traffic.activeColor } } };
    return { service, kind: serviceKind, name: names.active(service), change };
  });
  await applyPatches(cluster, services, [led, inside]);
}
