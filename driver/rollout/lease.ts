import { type Lease, type Leases } from "../../components/live/leases";
import { type Clock } from "../clock";
import { type Request, requests } from "./events";
import { type Holder, nameOf } from "./holder";
import { parseState, type RolloutState } from "./state";

/** Another driver has the stack: nothing was done. */
export class HeldError extends Error {
  override readonly name = "HeldError";
}

/** The Lease was taken, or could not be renewed: whatever runs has to end, and nothing may be written any more. */
export class LostLeaseError extends Error {
  override readonly name = "LostLeaseError";
}

/** Someone asks something of the driver that holds the Lease. */
export interface Asked {
  readonly id: string;
  readonly kind: Request;
  readonly by: string;
}

const annotations = { state: "cyan.dev/rollout", receipt: "cyan.dev/receipt", asked: "cyan.dev/request" } as const;

/** How long a driver may be silent before another one takes over, in seconds. */
export const leaseSeconds = 15;

/** How long a driver goes on without its Lease being written, in milliseconds: less than after what it is thought dead. */
const patience = (leaseSeconds * 2_000) / 3;

interface LeaseArgs {
  readonly leases: Leases;
  readonly name: string;
  readonly holder: Holder;
  readonly clock: Clock;
}

/** The state and the request that a Lease carries, and whether anyone holds it. */
export interface LeaseView {
  readonly state?: RolloutState;
  readonly asked?: Asked;
  readonly receipt?: string;
  readonly holder: string;
}

export function viewOf(lease: Lease): LeaseView {
  const state = parseState(lease.annotations[annotations.state]);
  const asked = parseAsked(lease.annotations[annotations.asked]);
  const receipt = lease.annotations[annotations.receipt];
  return { holder: lease.holder, ...(state && { state }), ...(asked && { asked }), ...(receipt && { receipt }) };
}

/** A Lease whose holder is asked something. */
export function withRequest(lease: Lease, asked: Asked): Lease {
  return { ...lease, annotations: { ...lease.annotations, [annotations.asked]: JSON.stringify(asked) } };
}

function parseAsked(text: string | undefined): Asked | undefined {
  if (text === undefined) return undefined;
  const asked = JSON.parse(text) as Asked;
  return requests.includes(asked.kind) ? asked : undefined;
}

/** Name of the Lease of a stack; a stack's name may have what an object's may not. */
export function leaseName(stack: string): string {
  return `cyan-rollout-${stack.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
}

/**
 * The Lease of a stack's driver. Every write names the version that it read, so that a driver that was thought dead, and
 * wakes up, cannot write over the one that took its place.
 */
export class RolloutLease {
  private readonly lostController = new AbortController();
  private readonly stopped = new AbortController();
  private writing: Promise<unknown> = Promise.resolve();
  private heard: number;
  private seen = "";
  /** What is kept beside the state for people: the rollout's receipt so far, as JSON. */
  receipt: string | undefined;

  private constructor(
    private readonly args: LeaseArgs,
    private lease: Lease,
  ) {
    this.heard = args.clock.now();
    this.receipt = lease.annotations[annotations.receipt];
  }

  /**
   * Takes the Lease: at once when nobody holds it or its holder has died on this machine, else after the holder has been
   * silent for as long as it may be.
   *
   * @throws HeldError naming the holder, when it is heard of meanwhile.
   */
  static async take(args: LeaseArgs, signal: AbortSignal): Promise<RolloutLease> {
    for (;;) {
      const found = await args.leases.read(args.name);
      if (found !== undefined) await ended(found, args, signal);
      const { annotations = {}, version = "" } = found ?? {};
      const taken = await args.leases.write(args.name, { ...ours(args), annotations, version });
      if (taken !== undefined) return new RolloutLease(args, taken);
    }
  }

  /** Fires when the Lease was lost, with the error that says so. */
  get lost(): AbortSignal {
    return this.lostController.signal;
  }

  get state(): RolloutState | undefined {
    return viewOf(this.lease).state;
  }

  /** Renews until it is released, and tells of each request once. */
  hold(onAsked: (asked: Asked) => void): void {
    const { leases, name, clock } = this.args;
    const tell = (): void => {
      const { asked } = viewOf(this.lease);
      if (asked === undefined || asked.id === this.seen) return;
      this.seen = asked.id;
      onAsked(asked);
    };
    const look = (): void => {
      const looked = this.serially(async () => {
        await this.refresh();
        tell();
      });
      // One that fails is made up for by the next renewal, which has a time limit.
      looked.catch(() => undefined);
    };
    void leases.watch(name, look, this.stopped.signal);
    // It ends with the Lease, which tells why itself.
    this.renew(clock).catch(() => undefined);
  }

  /**
   * Keeps a state, and with it that what was asked has been seen.
   *
   * @throws LostLeaseError when someone else holds the Lease.
   */
  async keep(state: RolloutState): Promise<void> {
    await this.serially(() =>
      this.write(({ [annotations.asked]: asked, ...kept }) => ({
        ...kept,
        [annotations.state]: JSON.stringify(state),
        ...this.withReceipt(),
        // One that came meanwhile is still to be answered.
        ...(asked !== undefined && parseAsked(asked)?.id !== this.seen && { [annotations.asked]: asked }),
      })),
    );
  }

  /** Lets another driver have it at once. The state stays, and the receipt as it is now. */
  async release(): Promise<void> {
    this.stopped.abort();
    if (this.lost.aborted) return;
    await this.serially(() => this.write((kept) => ({ ...kept, ...this.withReceipt() }), ""));
  }

  private withReceipt(): Lease["annotations"] {
    return this.receipt === undefined ? {} : { [annotations.receipt]: this.receipt };
  }

  private async renew(clock: Clock): Promise<void> {
    while (!this.stopped.signal.aborted) {
      await clock.sleep((leaseSeconds * 1000) / 3, this.stopped.signal);
      await this.serially(() => this.write((kept) => ({ ...kept, ...this.withReceipt() })));
    }
  }

  /** One write after the other: each names the version that the one before it left. */
  private serially<T>(action: () => Promise<T>): Promise<T> {
    const result = this.writing.then(action);
    this.writing = result.catch(() => undefined);
    return result;
  }

  /** Writes until it is written, or until the Lease could have been taken by another meanwhile. */
  private async write(change: (kept: Lease["annotations"]) => Lease["annotations"], holder?: string): Promise<void> {
    const { clock } = this.args;
    for (;;) {
      this.lost.throwIfAborted();
      try {
        if (await this.written(change(this.lease.annotations), holder)) return;
        await this.refresh();
      } catch (error) {
        this.lost.throwIfAborted();
        if (clock.now() - this.heard > patience) this.lose(`it could not be written: ${String(error)}`);
        await clock.sleep(1_000, this.lost);
      }
    }
  }

  private async written(annotations: Lease["annotations"], holder?: string): Promise<boolean> {
    const { leases, name, clock } = this.args;
    const body = { ...ours(this.args), annotations, version: this.lease.version };
    const written = await leases.write(name, { ...body, ...(holder !== undefined && { holder }) });
    if (written === undefined) return false;
    this.lease = written;
    this.heard = clock.now();
    return true;
  }

  private async refresh(): Promise<void> {
    const now = await this.args.leases.read(this.args.name);
    if (now?.holder === this.args.holder.identity) this.lease = now;
    else if (!this.stopped.signal.aborted)
      this.lose(`${now === undefined || now.holder === "" ? "nobody" : nameOf(now.holder)} holds it now`);
    this.lost.throwIfAborted();
  }

  private lose(why: string): void {
    this.lostController.abort(new LostLeaseError(`this driver lost the stack: ${why}`));
    this.stopped.abort();
  }
}

function ours({ holder, clock }: LeaseArgs): Omit<Lease, "annotations" | "version"> {
  return { holder: holder.identity, seconds: leaseSeconds, renewed: new Date(clock.now()) };
}

/** Resolves when the holder of a Lease is gone. Its clock is not ours: what counts is that it writes nothing while we look. */
async function ended(lease: Lease, args: LeaseArgs, signal: AbortSignal): Promise<void> {
  const { leases, name, holder, clock } = args;
  if (lease.holder === "" || holder.isDead(lease.holder)) return;
  const until = clock.now() + lease.seconds * 1000;
  // A driver that was silent for minutes is dead by any clock.
  if (lease.renewed !== undefined && clock.now() - lease.renewed.getTime() > 20 * lease.seconds * 1000) return;
  while (clock.now() < until) {
    await clock.sleep(1000, signal);
    const now = await leases.read(name);
    if (now === undefined || now.holder === "") return;
    if (now.version !== lease.version) throw new HeldError(`${nameOf(now.holder)} drives this stack`);
  }
}
