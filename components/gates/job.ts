import { changesOf, within } from "../live/changes";
import { type Cluster, type Job, type Pod } from "../live/cluster";
import { endingAfter, type EndingPod } from "../live/ending";
import { formatDuration } from "../model/duration";
import { type Gate, type GateArgs, GateError } from "./gate";
import { jobManifest } from "./job-manifest";
import { whyNotReady } from "./pod-reasons";

/** How much of the log of a Job that failed is shown. */
const logLines = 20;

/** The Job of `gate.job` succeeds: it is run once, for all services that a color enters. */
export function jobGate({ cluster, settings, transition }: GateArgs): Gate | undefined {
  const { job } = settings.gate;
  const { entries } = transition;
  if (job === undefined || entries.length === 0) return undefined;
  const entering = entries.map(({ service, color }) => `${service} ${color}`).join(", ");
  return {
    name: "job",
    now: () => Promise.resolve({ gate: "job", state: "later", lines: [`${job.image} is run for ${entering}`] }),
    async pass() {
      const failed = await within(job.timeout, async (signal) => {
        // What it is to try are the new pods.
        const ending = await endingAfter(cluster, entries, signal);
        if (ending.length > 0) return ending.map(inTheWay);
        const name = await cluster.createJob(jobManifest(job, settings, entries));
        const end = await endOf(cluster, name, signal);
        return end === "Complete" ? [] : reasons(cluster, name, end);
      });
      if (failed.length > 0) throw new GateError("job", formatDuration(job.timeout), failed, settings.router);
    },
  };
}

function inTheWay({ service, color, pod }: EndingPod): string {
  return `${service} ${color}: ${pod} is ending and has not ended; the Job would try it too`;
}

/** How a Job ended, in words where it failed; undefined when it has not when the signal fires. */
async function endOf(cluster: Cluster, name: string, signal: AbortSignal): Promise<string | undefined> {
  const changes = changesOf((changed, stop) => cluster.watchJob(name, changed, stop), signal);
  let end = ended(await cluster.job(name));
  while (end === undefined && (await changes.next())) end = ended(await cluster.job(name));
  return end;
}

function ended({ status }: Job): string | undefined {
  const last = status?.conditions?.find((each) => /^(Complete|Failed)$/.test(each.type) && each.status === "True");
  if (last?.type !== "Failed") return last?.type;
  return `it failed (${[last.reason, last.message].filter((part) => part !== undefined).join(": ")})`;
}

async function reasons(cluster: Cluster, job: string, end: string | undefined): Promise<string[]> {
  const pods = await cluster.pods({ "batch.kubernetes.io/job-name": job });
  const first = `Job ${job}: ${end ?? "it has not ended"}`;
  const last = pods.toSorted((one, other) => startOf(one) - startOf(other)).at(-1);
  const name = last?.metadata?.name;
  if (last === undefined || name === undefined) return [first, "  it has no pod"];
  // The container of a pod that waits for its image or a node has written nothing.
  const began = last.status?.containerStatuses?.some(({ state }) => state !== undefined && state.waiting === undefined);
  if (began !== true) return [first, `  ${whyNotReady(last) ?? `${name} has not begun`}`];
  const log = (await cluster.log(name, logLines)).trimEnd();
  return [first, ...(log === "" ? ["  it wrote no log"] : log.split("\n").map((line) => `  ${line}`))];
}

function startOf(pod: Pod): number {
  return pod.metadata?.creationTimestamp?.getTime() ?? 0;
}
