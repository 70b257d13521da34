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
  for (const { started, state, lastState, restartCount } of pod.status?.containerStatuses ?? []) {
    const waiting = state?.waiting;
    const ended = state?.terminated ?? lastState?.terminated;
    const said = waiting?.message === undefined ? "" : `: ${waiting.message}`;
    if (waiting?.reason !== undefined && /Image|Pull/.test(waiting.reason)) {
      return `its image cannot be had (${waiting.reason}${said})`;
    }
    if (ended !== undefined) {
      const reason = ended.reason === undefined ? "" : `, ${ended.reason}`;
      return `it crashes (exit code ${ended.exitCode}${reason}; ${restartCount} restarts)`;
    }
    if (waiting?.reason !== undefined) return `it is waiting (${waiting.reason}${said})`;
    if (started === false) return "its startup probe has not passed yet";
  }
  return undefined;
}

function schedulingReason(pod: Pod): string | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  return scheduled?.status === "False" ? `no node takes it (${scheduled.message ?? "unschedulable"})` : undefined;
}
