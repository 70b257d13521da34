import { type Effect } from "./effects";
import { type RolloutInput } from "./events";
import { Inbox } from "./inbox";
import { type Asked } from "./lease";
import { next, type Next } from "./next";
import { trafficAt, trafficBefore } from "./plan";
import { type Ended, type RolloutState } from "./state";
import { leadBack, messageOf, type Tools, work } from "./work";

/** What a driver needs of the Lease that it holds. */
export interface HeldLease {
  readonly lost: AbortSignal;
  hold(onAsked: (asked: Asked) => void): void;
  keep(state: RolloutState): Promise<void>;
}

export interface DriveArgs extends Tools {
  /** Where the rollout is, and what is to be done first. */
  readonly start: Next;
  readonly lease: HeldLease;
  /** Fires when the driver is to end. The rollout stays where it is, for another driver. */
  readonly signal: AbortSignal;
}

/** An effect that is being done. */
interface Task {
  readonly kind: Effect["kind"];
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/**
 * Drives a rollout to its end. Each state is kept in the Lease before anything is done about it.
 *
 * @throws LostLeaseError when another driver has taken over; the signal's reason when it fires.
 */
export async function drive(args: DriveArgs): Promise<RolloutState> {
  const { lease, report } = args;
  const inbox = new Inbox<RolloutInput>();
  const broken = new AbortController();
  const over = AbortSignal.any([lease.lost, args.signal, broken.signal]);
  lease.hold(({ kind, by }) => {
    report({ event: "asked", request: kind, by });
    inbox.put({ kind, by });
  });
  let { state, effects } = args.start;
  let task: Task | undefined;
  try {
    for (;;) {
      task = await apply({ state, effects }, task, args, inbox);
      task?.done.catch((error: unknown) => {
        broken.abort(error);
      });
      if (state.phase.kind === "ended") return await end(state, args);
      ({ state, effects } = next(state, await inbox.take(over)));
    }
  } finally {
    task?.stop.abort(over.reason);
    await task?.done.catch(() => undefined); // What broke it is on its way already.
  }
}

/** Keeps the state, and does what it asks for. Live requests are led back before anything else is waited for. */
async function apply(
  { state, effects }: Next,
  running: Task | undefined,
  args: DriveArgs,
  inbox: Inbox<RolloutInput>,
): Promise<Task | undefined> {
  const decided = args.clock.now();
  await args.lease.keep(state);
  let task = running;
  for (const effect of effects) {
    if (effect.kind === "restore" && state.phase.kind === "restoring") {
      args.report({ event: "restoring", cause: state.phase.cause, traffic: effect.traffic });
      task?.stop.abort(new Error("the release is taken back"));
      await leadBack(effect.traffic, args, decided);
      await task?.done;
      // An update that was stopped in the middle may have moved them once more.
      if (task?.kind === "move") await leadBack(effect.traffic, args, args.clock.now());
    } else {
      task?.stop.abort(new Error("something else is to be done"));
      if (effect.kind === "stop") continue;
      await task?.done;
    }
    task = started(effect, state, args, inbox);
  }
  return task;
}

function started(
  effect: Exclude<Effect, { kind: "stop" }>,
  state: RolloutState,
  args: DriveArgs,
  inbox: Inbox<RolloutInput>,
): Task {
  const stop = new AbortController();
  const done = work(effect, state, args, stop.signal).then((input) => {
    if (input !== undefined && !stop.signal.aborted) inbox.put(input);
  });
  return { kind: effect.kind, stop, done };
}

/** Tells the end, then keeps it once more, with the receipt that it completes, and in a tag of the stack. */
async function end(state: RolloutState, args: DriveArgs): Promise<RolloutState> {
  const { stack, lease, report, record } = args;
  const { plan, step, phase } = state;
  if (phase.kind !== "ended") return state;
  const traffic = phase.outcome === "promoted" ? trafficAt(plan, step) : trafficBefore(plan);
  report({ event: "ended", outcome: phase.outcome, ...(phase.cause && { cause: phase.cause }), traffic });
  await Promise.all([stack.declare({ rolloutState: record(state) }), lease.keep(state)]);
  try {
    await stack.tag(rolloutTag, tagOf(state, phase));
  } catch (error) {
    report({ event: "warning", text: `the stack has no tag of how it ended: ${messageOf(error)}` });
  }
  return state;
}

const rolloutTag = "cyan:rollout";

/** How a rollout ended, in as many characters as a tag may have. */
function tagOf({ id, plan: { from, to, images } }: RolloutState, { outcome, cause }: Ended): string {
  const why = cause === undefined ? "" : ` (${cause.kind})`;
  const given = images.map(({ service, image }) => `, ${service}=${image}`).join("");
  return `${id} ${outcome}${why}, ${from} to ${to}${given}`.slice(0, 256);
}
