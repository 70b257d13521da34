import { type Cluster } from "../live/cluster";
import { readyEndpoints } from "../live/endpoints";
import { type Duration, formatDuration } from "../model/duration";
import { names } from "../model/names";
import { type Need } from "../model/needs";
import { changesOf } from "./changes";
import { type Gate, type GateArgs, GateError } from "./gate";
import { whyNotReady } from "./pod-reasons";

/** A need with the ready endpoints that there are now. */
type Measured = Need & { readonly now: number };

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
      throw new GateError("capacity", formatDuration(timeout), await reasons(cluster, missing));
    },
  };
}

async function measure(cluster: Cluster, needs: readonly Need[]): Promise<Measured[]> {
  const slices = await cluster.endpointSlices();
  return needs.map((need) => ({ ...need, now: readyEndpoints(slices, names.environment(need.service, need.color)) }));
}

const isMissing = ({ now, needed }: Measured): boolean => now < needed;

/** Whether the update makes the color too small for what it needs. */
const isTooSmall = ({ growsTo = Infinity, needed }: Measured): boolean => growsTo < needed;

/** What is missing when the time is over; nothing as soon as nothing is. */
async function missingAfter(cluster: Cluster, needs: readonly Need[], timeout: Duration): Promise<Measured[]> {
  const stop = new AbortController();
  const deadline = setTimeout(() => {
    stop.abort();
  }, timeout.seconds * 1000);
  const missing = async (): Promise<Measured[]> => (await measure(cluster, needs)).filter(isMissing);
  try {
    let left = await missing();
    if (left.length === 0) return left;
    const changes = changesOf((changed, signal) => cluster.watchEndpoints(changed, signal), stop.signal);
    while (left.length > 0 && (await changes.next())) left = await missing();
    return left;
  } finally {
    clearTimeout(deadline);
    stop.abort();
  }
}

function counts({ service, color, share, now, needed, growsTo }: Measured): string {
  const line = `${service} ${color}: ${now} of ${needed} ready endpoints for ${share} % of the requests`;
  return growsTo === undefined ? line : `${line}; the update first rolls out its Deployment, with ${growsTo} replicas`;
}

async function reasons(cluster: Cluster, missing: readonly Measured[]): Promise<string[]> {
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
