import { type Pod } from "../live/cluster";

/** Why a pod that is there is not ready, in a few words; undefined for one that is ready or is ending. */
export function whyNotReady(pod: Pod): string | undefined {
  if (pod.metadata?.deletionTimestamp !== undefined) return undefined;
  const conditions = pod.status?.conditions ?? [];
  if (conditions.some(({ type, status }) => type === "Ready" && status === "True")) return undefined;
  const name = pod.metadata?.name ?? "a pod";
  return `${name}: ${containerReason(pod) ?? schedulingReason(pod) ?? "its readiness probe does not pass"}`;
}

function containerReason(pod: Pod): string | undefined {
  for (const { state, lastState, restartCount } of pod.status?.containerStatuses ?? []) {
    const waiting = state?.waiting;
    const ended = state?.terminated ?? lastState?.terminated;
    if (waiting?.reason !== undefined && /Image|Pull/.test(waiting.reason)) {
      return `its image cannot be had (${waiting.reason}${waiting.message === undefined ? "" : `: ${waiting.message}`})`;
    }
    if (ended !== undefined && restartCount > 0) {
      return `it crashes (exit code ${ended.exitCode}${ended.reason === undefined ? "" : `, ${ended.reason}`}; ${restartCount} restarts)`;
    }
    if (waiting?.reason !== undefined) return `it is waiting (${waiting.reason})`;
  }
  return undefined;
}

function schedulingReason(pod: Pod): string | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  return scheduled?.status === "False" ? `no node takes it (${scheduled.message ?? "unschedulable"})` : undefined;
}
