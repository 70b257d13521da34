import { randomUUID } from "node:crypto";
import { type Leases } from "../../components/live/leases";
import { type Clock } from "../clock";
import { type Request } from "./events";
import { type Holder } from "./holder";
import { leaseSeconds, type LeaseView, viewOf, withRequest } from "./lease";

interface AskArgs {
  readonly leases: Leases;
  readonly name: string;
  readonly holder: Holder;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How often a driver's answer is looked for, in milliseconds. */
const pause = 200;

/**
 * Asks the driver that holds the Lease, from this machine or another, and waits until it has taken note.
 *
 * @returns false when there is no driver to ask: nobody holds the Lease, or who does has died.
 */
export async function ask(request: { kind: Request; by: string }, args: AskArgs): Promise<boolean> {
  const { leases, name, holder, clock, signal } = args;
  const id = randomUUID();
  for (;;) {
    const lease = await leases.read(name);
    if (lease === undefined || lease.holder === "" || holder.isDead(lease.holder)) return false;
    if ((await leases.write(name, withRequest(lease, { id, ...request }))) !== undefined) break;
  }
  const until = clock.now() + leaseSeconds * 1000;
  while (clock.now() < until) {
    const lease = await leases.read(name);
    if (lease === undefined || viewOf(lease).asked?.id !== id) return true;
    if (lease.holder === "" || holder.isDead(lease.holder)) return false;
    await clock.sleep(pause, signal);
  }
  return false;
}

/** Looks on until the rollout has come to its end, or its driver has gone. */
export async function untilEnded({ leases, name, holder, clock, signal }: AskArgs): Promise<LeaseView | undefined> {
  for (;;) {
    const lease = await leases.read(name);
    const view = lease && viewOf(lease);
    if (view?.state?.phase.kind === "ended") return view;
    if (view === undefined || view.holder === "" || holder.isDead(view.holder)) return undefined;
    await clock.sleep(pause, signal);
  }
}
