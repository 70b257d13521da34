import { systemClock } from "../clock";
import { exitCodes, type Invocation } from "../invocation";
import { observersOf } from "../observers/observe";
import { type Observer } from "../observers/observer";
import { drive } from "./drive";
import { HeldError, LostLeaseError, RolloutLease } from "./lease";
import { type Next } from "./next";
import { judgeOf } from "./judge";
import { keepReceipt } from "./keep-receipt";
import { type Receipt } from "./receipt";
import { type RolloutEvent } from "./report";
import { type Session } from "./session";
import { type Ended, type RolloutState } from "./state";
import { type RolloutView, viewAtStart } from "./view";

/** Chooses what to do from the state that the last driver left; undefined for nothing. */
export type Decide = (kept: RolloutState | undefined) => { start: Next; event: RolloutEvent } | undefined;

export interface RunArgs {
  readonly session: Session;
  readonly decide: Decide;
  /** Shows a rollout to whoever runs the command. */
  readonly reporter: (view: RolloutView) => Observer;
  readonly invocation: Invocation;
}

/**
 * Takes the stack's Lease, drives what `decide` chooses to its end, and sets the exit code.
 *
 * @throws UserError from `decide`, and the signal's reason when the command is interrupted: the rollout stays where it is.
 */
export async function run({ session, decide, reporter, invocation }: RunArgs): Promise<RolloutState | undefined> {
  const { leases, leaseName: name, holder } = session;
  const { signal, stderr } = invocation;
  try {
    const lease = await RolloutLease.take({ leases, name, holder, clock: systemClock }, signal);
    try {
      const decided = decide(lease.state);
      if (decided === undefined) return undefined;
      const state = await driven(decided, lease, session, reporter, invocation);
      invocation.exitCode = codeOf(state);
      return state;
    } finally {
      await lease.release();
    }
  } catch (error) {
    if (!(error instanceof HeldError || error instanceof LostLeaseError)) throw error;
    stderr.write(`error: ${error.message}\n`);
    invocation.exitCode = exitCodes.held;
    return undefined;
  }
}

async function driven(
  { start, event }: { start: Next; event: RolloutEvent },
  lease: RolloutLease,
  session: Session,
  reporter: RunArgs["reporter"],
  invocation: Invocation,
): Promise<RolloutState> {
  const { plan, phase } = start.state;
  const warn = (text: string): void => {
    shown.tell({ event: "warning", text });
  };
  const receipt = await keepReceipt({ state: start.state, lease, session, clock: systemClock, warn });
  const first = event.event === "began";
  // What is being taken back is judged no more, and must not wait for an analysis that cannot be read.
  const judged = phase.kind === "restoring" ? { ...plan, analysis: false as const } : plan;
  const judge = await judgeOf({ plan: judged, stack: session.stack, clock: systemClock, invocation, first });
  const view = viewOf(start.state, receipt.current(), session);
  const shown = reporter(view);
  const record = (happened: RolloutEvent): void => {
    receipt.note(happened);
    shown.tell(happened);
  };
  record(event);
  // What an observer cannot do is recorded, and told to no observer.
  const problem = (text: string): void => {
    record({ event: "warning", text });
  };
  const observers = observersOf({ session, view, by: receipt.current().by, invocation, problem });
  observers.tell(event);
  try {
    return await drive({
      ...{ start, lease, stack: session.release, judge, live: session.live, clock: systemClock },
      report: (happened) => {
        record(happened);
        observers.tell(happened);
      },
      signal: invocation.signal,
      record: (state) => JSON.stringify({ state, receipt: receipt.current() }),
    });
  } finally {
    await observers.close();
    await shown.close();
  }
}

function viewOf(state: RolloutState, { stack, began }: Receipt, session: Session): RolloutView {
  const { traffic } = session.stack.settings;
  return viewAtStart(state, { stack, began: new Date(began), at: new Date(systemClock.now()), traffic });
}

/** What the command exits with when a rollout has ended. */
export function codeOf({ phase }: RolloutState): number {
  if (phase.kind !== "ended") return exitCodes.failed;
  if (phase.outcome === "promoted") return exitCodes.done;
  return phase.outcome === "stuck" ? exitCodes.failed : restoredCode(phase);
}

function restoredCode({ cause }: Ended): number {
  if (cause?.kind === "analysis") return exitCodes.rolledBack;
  return cause?.kind === "refused" ? exitCodes.refused : exitCodes.failed;
}
