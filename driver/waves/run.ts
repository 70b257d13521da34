import { setMaxListeners } from "node:events";
import { systemClock } from "../clock";
import { exitCodes, UserError } from "../invocation";
import { viewOf } from "../rollout/lease";
import { type RolloutPlan } from "../rollout/plan";
import { openSession, type Session } from "../rollout/session";
import { checkSameRelease, rolloutId } from "../rollout/start";
import { type RolloutState } from "../rollout/state";
import { planFor, type WavesArgs } from "./args";
import { driveWaves } from "./drive";
import { beginWaves } from "./next";
import { type Left, leftOf } from "./resume";
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
  const read = await Promise.all(plan.stacks.map(async (stack) => readRollout(stack, await open(stack), args)));
  const left = leftOf(plan, Object.fromEntries(read.map(({ stack, kept }) => [stack, kept])));
  for (const each of read) checkFree(each, left);
  const id = left?.id ?? rolloutId(new Date(systemClock.now()));
  const failure = left?.failure ?? (left && onResume === "rollback" ? givenUp(left) : undefined);
  const tools = new StackTools({ ...args, id, clock: systemClock, open });
  const { failure: failed, standings } = await driveWaves(beginWaves(plan, left?.standings, failure), tools, signal);
  const stuck = Object.values(standings).includes("stuck");
  if (failed !== undefined) invocation.exitCode = stuck ? exitCodes.failed : failed.code;
}

/** A stack, with the rollout that is asked for and the one that is on record. */
interface ReadRollout {
  readonly stack: string;
  readonly asked: RolloutPlan;
  readonly kept?: RolloutState;
}

async function readRollout(stack: string, session: Session, args: WavesArgs): Promise<ReadRollout> {
  const asked = planFor(session, args);
  const lease = await session.leases.read(session.leaseName);
  const kept = lease && viewOf(lease).state;
  return { stack, asked, ...(kept && { kept }) };
}

/** @throws UserError when another rollout of the stack is not finished, or the waves that are gone on with are of another release. */
function checkFree({ stack, asked, kept }: ReadRollout, left: Left | undefined): void {
  if (kept === undefined) return;
  if (kept.id === left?.id) {
    checkSameRelease(kept, asked);
  } else if (kept.phase.kind !== "ended") {
    const over = kept.plan.waves ? ` over ${kept.plan.waves.join(",")}` : "";
    throw new UserError(
      `stack ${stack}: rollout ${kept.id}${over} is not finished; ` +
        `go on with it: npx cyan resume --stack ${stack}; or take it back first: npx cyan abort --stack ${stack}`,
    );
  }
}

function givenUp({ standings }: Left): Failure {
  const [stack = ""] = Object.entries(standings).flatMap(([each, standing]) => (standing === "rolling" ? [each] : []));
  const [first = ""] = Object.keys(standings);
  return { stack: stack === "" ? first : stack, why: "its command was interrupted", code: exitCodes.failed };
}
