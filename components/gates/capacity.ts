import { isMissing, measure, type Measured, missingAfter } from "../live/await-endpoints";
import { type Cluster } from "../live/cluster";
import { formatDuration } from "../model/duration";
import { type Need } from "../model/needs";
import { type Gate, type GateArgs, GateError } from "./gate";
import { whyNotReady } from "./pod-reasons";

/** Every color that is to get more requests has the ready endpoints that it needs, for all services together. */
export function capacityGate({ cluster, settings, transition: { needs } }: GateArgs): Gate | undefined {
  if (needs.length === 0) return undefined;
  const { timeout } = settings.gate;
  return {
    name: "capacity",
    async now() {
      const measured = await measure(cluster, needs);
      const failing = measured.filter((each) => isTooSmall(each) || (isMissing(each) && each.growsTo === undefined));
      if (failing.length > 0) return { gate: "capacity", state: "fails", lines: await reasons(cluster, failing) };
      const state = measured.some(({ growsTo }) => growsTo !== undefined) ? "later" : "holds";
      return { gate: "capacity", state, lines: measured.map(counts) };
    },
    async pass() {
      const missing = await missingAfter(cluster, needs, timeout);
      if (missing.length === 0) return;
      throw new GateError("capacity", formatDuration(timeout), await reasons(cluster, missing), settings.router);
    },
  };
}

/** Whether the update makes the color too small for what it needs. */
const isTooSmall = ({ growsTo = Infinity, needed }: Measured<Need>): boolean => growsTo < needed;

function counts({ service, color, share, now, needed, growsTo }: Measured<Need>): string {
  const line = `${service} ${color}: ${now} of ${needed} ready endpoints for ${share} % of the requests`;
  return growsTo === undefined ? line : `${line}; the update first rolls out its Deployment, with ${growsTo} replicas`;
}

async function reasons(cluster: Cluster, missing: readonly Measured<Need>[]): Promise<string[]> {
  const lines: string[] = [];
  for (const each of missing) {
    const pods = await cluster.pods({ "app.kubernetes.io/name": each.service, "cyan.dev/color": each.color });
    const why = pods.flatMap((pod) => whyNotReady(pod) ?? []);
    lines.push(counts(each), ...(why.length > 0 ? why : [podCount(pods.length)]).map((line) => `  ${line}`));
  }
  return lines;
}

/** What there is to say when no pod says why it is not ready. */
function podCount(pods: number): string {
  return pods === 0 ? "it has no pods" : `it has no more than ${pods} ${pods === 1 ? "pod" : "pods"}`;
}
