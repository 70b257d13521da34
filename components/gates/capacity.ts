import { type Cluster } from "../live/cluster";
import { readyEndpoints } from "../live/endpoints";
import { type Duration } from "../model/duration";
import { names } from "../model/names";
import { type Need } from "../model/transition";
import { whyNotReady } from "./pod-reasons";

/** A gate that did not hold: no traffic was moved. */
export class GateError extends Error {
  override readonly name = "GateError";
}

interface CapacityArgs {
  readonly cluster: Cluster;
  readonly needs: readonly Need[];
  /** How long to wait for what is missing. */
  readonly timeout: Duration;
}

/** A need with the ready endpoints that there are now. */
type Measured = Need & { readonly now: number };

/**
 * Resolves when every color that will get requests has the ready endpoints that it needs, for all services together.
 *
 * @throws GateError naming each color that has not, how many it has, and why its pods are not ready.
 */
export async function capacityGate(args: CapacityArgs): Promise<void> {
  if (args.needs.length === 0) return;
  const stop = new AbortController();
  const deadline = setTimeout(() => {
    stop.abort();
  }, args.timeout.seconds * 1000);
  try {
    let missing = await missingNow(args);
    if (missing.length === 0) return;
    const changes = endpointChanges(args.cluster, stop.signal);
    while (missing.length > 0 && (await changes.next())) missing = await missingNow(args);
    if (missing.length > 0) throw new GateError(await refusal(missing, args));
  } finally {
    clearTimeout(deadline);
    stop.abort();
  }
}

async function missingNow({ cluster, needs }: CapacityArgs): Promise<Measured[]> {
  const slices = await cluster.endpointSlices();
  return needs
    .map((need) => ({ ...need, now: readyEndpoints(slices, names.environment(need.service, need.color)) }))
    .filter(({ now, needed }) => now < needed);
}

/** Lets a reader wait for the next change: true at one, also one that came between two waits, and false at the end. */
function endpointChanges(cluster: Cluster, signal: AbortSignal): { next(): Promise<boolean> } {
  let changed = false;
  let wake: () => void = () => undefined;
  const notify = (): void => {
    changed = true;
    wake();
  };
  void cluster.watchEndpoints(notify, signal);
  signal.addEventListener("abort", () => {
    wake();
  });
  return {
    async next() {
      if (!changed && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      changed = false;
      return !signal.aborted;
    },
  };
}

async function refusal(missing: readonly Measured[], { cluster, timeout }: CapacityArgs): Promise<string> {
  const lines: string[] = [];
  for (const { service, color, share, now, needed } of missing) {
    lines.push(`${service} ${color}: ${now} of ${needed} ready endpoints for ${share} % of the requests`);
    const pods = await cluster.pods({ "app.kubernetes.io/name": service, "cyan.dev/color": color });
    const reasons = pods.flatMap((pod) => whyNotReady(pod) ?? []);
    lines.push(...(pods.length === 0 ? ["  it has no pods"] : reasons.map((reason) => `  ${reason}`)));
  }
  return [
    `the gate did not hold within ${timeout.seconds}s, and no traffic was moved:`,
    ...lines.map((line) => `  ${line}`),
    "  mend the color, or move all the same with: pulumi config set --path gate.force true",
  ].join("\n");
}
