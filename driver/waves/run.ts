import { setMaxListeners } from "node:events";
import { systemClock } from "../clock";
import { exitCodes, UserError } from "../invocation";
import { openSession, type Session } from "../rollout/session";
import { checkSameRelease, rolloutId } from "../rollout/start";
import { isPromoted } from "../rollout/state";
import { planFor, type WavesArgs } from "./args";
import { driveWaves } from "./drive";
import { beginWaves } from "./next";
import { type Kept, keptOf, type Left, leftOf } from "./resume";
import { StackTools } from "./stack-tools";
import { type Failure } from "./state";

/**
 * Releases the stacks wave by wave, or goes on with what an interrupted command left, and sets the exit code.
 *
 * @throws UserError before anything is moved, when the config of a stack is wrong or another rollout is in the way; the
 * signal's reason when the command is interrupted.
 */
export async function runWaves(args: WavesArgs): Promise<void> {
  const { plan, onResume, invocation } = args;
  const { signal } = invocation;
  // It is waited for in several places for each stack.
  setMaxListeners(0, signal);
  const open = (stack: string): Promise<Session> => openSession({ ...args.options, stack }, invocation);
  const reads = await Promise.allSettled(plan.stacks.map(async (stack) => readStack(stack, await open(stack))));
  const read = reads.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const left = leftOf(plan, Object.fromEntries(read.map(({ stack, kept }) => [stack, kept])));
  // What was stopped is taken back whatever is wrong with another stack, of which it is on record where it was.
  const stopped = read.some(({ kept }) => kept.stopped !== undefined && kept.stopped.id === left?.id);
  for (const each of reads) if (each.status === "rejected" && !stopped) throw each.reason;
  for (const each of left?.failure === undefined ? read : []) checkFree(each, left, args);
  const id = left?.id ?? rolloutId(new Date(systemClock.now()));
  const failure = left?.failure ?? (left && onResume === "rollback" ? givenUp(left) : undefined);
  const known = new Map(read.map(({ stack, session }) => [stack, session]));
  const tools = new StackTools({ ...args, id, known, clock: systemClock, open });
  const { failure: failed, standings } = await driveWaves(beginWaves(plan, left?.standings, failure), tools, signal);
  const stuck = Object.values(standings).includes("stuck");
  if (failed !== undefined) invocation.exitCode = stuck ? exitCodes.failed : failed.code;
}

/** A stack, with what its Lease has on record. */
interface Read {
  readonly stack: string;
  readonly session: Session;
  readonly kept: Kept;
}

async function readStack(stack: string, session: Session): Promise<Read> {
  const lease = await session.leases.read(session.leaseName);
  return { stack, session, kept: keptOf(lease, session.stack.settings.traffic.activeColor) };
}

/**
 * @throws UserError when what is asked for is wrong for the stack, another rollout of it is not finished, or the waves that are
 * gone on with are of another release.
 */
function checkFree({ stack, session, kept }: Read, left: Left | undefined, args: WavesArgs): void {
  const { state } = kept;
  const ours = state !== undefined && state.id === left?.id ? state : undefined;
  if (ours === undefined) checkOver(stack, kept);
  const asked = planFor(session, args, ours);
  if (ours !== undefined) checkSameRelease(ours, asked);
}

/** @throws UserError for a stack that earlier waves, or a rollout of its own, are not done with. */
function checkOver(stack: string, { state, stopped }: Kept): void {
  if (state === undefined) return;
  if (stopped?.id === state.id && isPromoted(state)) {
    const { failure } = stopped;
    throw new UserError(
      `stack ${stack}: it is still to be taken back, for ${failure.stack} stopped its waves: ${failure.why}; ` +
        `run it again over ${state.plan.waves?.join(",") ?? stack}, or: npx cyan rollback --stack ${stack}`,
    );
  }
  if (state.phase.kind !== "ended") {
    const over = state.plan.waves ? ` over ${state.plan.waves.join(",")}` : "";
    throw new UserError(
      `stack ${stack}: rollout ${state.id}${over} is not finished; ` +
        `go on with it: npx cyan resume --stack ${stack}; or take it back first: npx cyan abort --stack ${stack}`,
    );
  }
}

function givenUp({ standings }: Left): Failure {
  const [stack = ""] = Object.entries(standings).flatMap(([each, standing]) => (standing === "rolling" ? [each] : []));
  const [first = ""] = Object.keys(standings);
  return { stack: stack === "" ? first : stack, why: "its command was interrupted", code: exitCodes.failed };
}
