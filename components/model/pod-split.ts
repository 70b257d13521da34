import { percent } from "./traffic";

/** Pods of the two colors, the active one first. */
export interface PodCounts {
  readonly active: number;
  readonly idle: number;
}

/** Percent of the requests that the idle color gets when each pod of both gets as many; 0 when there is no pod. */
export function weightOfPods({ active, idle }: PodCounts): number {
  return active + idle === 0 ? 0 : percent((100 * idle) / (active + idle));
}

/**
 * The numbers of pods whose ratio comes nearest to a weight. Of those that are as near, the fewest pods; then the fewest of
 * the idle color.
 *
 * All pods get equally many requests, of whichever color they are. All of them together are therefore never fewer than
 * the larger color needs to carry everything alone, and no color has more than that. A weight between 0 and 100 gives each
 * color `least` pods, as Argo Rollouts does with 1: a canary of no pod would try nothing.
 *
 * @param full how many pods each color needs to carry everything.
 * @param weight percent, an integer.
 */
export function splitPods(full: PodCounts, weight: number, least = 1): PodCounts {
  if (weight === 0) return { active: full.active, idle: 0 };
  if (weight === 100) return { active: 0, idle: full.idle };
  const most = Math.max(full.active, full.idle, least);
  const candidates = range(least, most).flatMap((active) => {
    const low = Math.max(least, most - active);
    const ideal = (active * weight) / (100 - weight);
    const idles = [Math.floor(ideal), Math.ceil(ideal)].map((idle) => Math.min(Math.max(idle, low), most));
    return idles.map((idle) => ({ active, idle }));
  });
  const best = candidates.toSorted(
    (one, two) => compareErrors(one, two, weight) || sum(one) - sum(two) || one.idle - two.idle,
  )[0];
  return best ?? { active: least, idle: least };
}

/**
 * The numbers of pods that Argo Rollouts gives two versions whose ratio is to come nearest to a weight, where one more than
 * the replicas may be made meanwhile. Both colors of one Rollout have the replicas of the larger one.
 * https://github.com/argoproj/argo-rollouts/blob/v1.10.0/utils/replicaset/canary.go (approximateWeightedCanaryStableReplicaCounts)
 */
export function controllersPods(full: PodCounts, weight: number): PodCounts {
  const replicas = Math.max(full.active, full.idle);
  if (weight === 0) return { active: replicas, idle: 0 };
  if (weight === 100) return { active: 0, idle: replicas };
  const [low, high] = [Math.floor, Math.ceil].map((round) => round((replicas * weight) / 100));
  const tied = (total: number): boolean => (total * weight) % 100 === 50;
  const candidates = [replicas, replicas + 1].flatMap((total) =>
    [high ?? 0, ...(tied(total) ? [] : [low ?? 0])]
      // Neither version is left without a pod.
      .filter((idle) => idle > 0 && idle < total)
      .map((idle) => ({ active: total - idle, idle })),
  );
  return candidates.toSorted((one, two) => compareErrors(one, two, weight))[0] ?? { active: 1, idle: 1 };
}

/** The fewest pods with which a weight is exact, as a color's full size. */
export function podsForWeight(weight: number): number {
  return 100 / greatestDivisor(100, weight);
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}

/** Whole numbers decide: two ratios that are equally far off must not differ by a rounding. */
function compareErrors(one: PodCounts, two: PodCounts, weight: number): number {
  const off = (counts: PodCounts): number => Math.abs(100 * counts.idle - weight * sum(counts));
  return off(one) * sum(two) - off(two) * sum(one);
}

function sum({ active, idle }: PodCounts): number {
  return active + idle;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
