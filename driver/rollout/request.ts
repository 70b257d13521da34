import { type Color, otherColor } from "../../components/model/color";
import { type Traffic } from "../../components/model/traffic";
import { systemClock } from "../clock";
import { exitCodes, type Invocation, UserError } from "../invocation";
import { ask, untilEnded } from "./ask";
import { type Request } from "./events";
import { viewOf } from "./lease";
import { next, type Next } from "./next";
import { type RolloutPlan, trafficBefore } from "./plan";
import { codeOf, type Decide, run, type RunArgs } from "./run";
import { type Session } from "./session";
import { rolloutId, tookOver } from "./start";
import { firstState, type RolloutState } from "./state";
import { messageOf } from "./work";

interface RequestArgs {
  readonly session: Session;
  readonly request: Request;
  readonly reporter: RunArgs["reporter"];
  readonly invocation: Invocation;
}

/**
 * Has something done about the stack's rollout: by the driver that runs, wherever it does; by this command when none does.
 *
 * @throws UserError when there is no rollout that it could be done to.
 */
export async function request(args: RequestArgs): Promise<void> {
  const { session, request: kind, invocation } = args;
  const { leases, leaseName: name, holder, user: by } = session;
  const asking = { leases, name, holder, clock: systemClock, signal: invocation.signal };
  if (kind === "abort") await leadBackHere(session, invocation);
  if (!(await ask({ kind, by }, asking))) {
    if (kind === "pause") {
      invocation.stdout.write("no driver runs: a rollout that is not finished stays where it is until cyan resume\n");
      return;
    }
    const decide: Decide = (kept) => decided(kept, kind, session);
    const state = await run({ ...args, decide });
    if (state !== undefined) invocation.exitCode = requestCode(kind, state);
    return;
  }
  invocation.stdout.write(`the driver of this stack was told: ${kind}\n`);
  if (kind !== "abort" && kind !== "rollback" && kind !== "full") return;
  const view = await untilEnded(asking);
  if (view?.state === undefined) {
    invocation.stderr.write("error: the driver ended before the rollout did; run the command again\n");
    invocation.exitCode = exitCodes.failed;
    return;
  }
  const { phase } = view.state;
  const outcome = phase.kind === "ended" ? phase.outcome : phase.kind;
  invocation.stdout.write(`rollout ${view.state.id}: ${outcome}\n`);
  invocation.exitCode = requestCode(kind, view.state);
}

/**
 * Leads live requests back before the driver is told, which may be far away, or hang: it does the same when it hears of
 * the abort. What hinders it here is no reason not to tell it.
 */
async function leadBackHere({ leases, leaseName, live }: Session, { stderr }: Invocation): Promise<void> {
  const lease = await leases.read(leaseName);
  const state = lease && viewOf(lease).state;
  if (state === undefined || state.phase.kind === "ended") return;
  try {
    await live.move(trafficBefore(state.plan));
  } catch (error) {
    stderr.write(`warning: live requests could not be led back at once: ${messageOf(error)}\n`);
  }
}

/** A release that was taken back is what an abort was to do, and a failure of a rollout. */
function requestCode(kind: Request, state: RolloutState): number {
  const restored = state.phase.kind === "ended" && state.phase.outcome === "restored";
  return restored && (kind === "abort" || kind === "rollback") ? exitCodes.done : codeOf(state);
}

/** What a request means to the state that the last driver left. */
export function decided(kept: RolloutState | undefined, kind: Request, session: Session): ReturnType<Decide> {
  const { traffic } = session.stack.settings;
  const by = session.user;
  if (kind === "abort" || kind === "rollback") return takenBack(kept, kind, traffic, by);
  if (kept === undefined || kept.phase.kind === "ended") {
    throw new UserError(`no rollout of stack ${session.stack.name} is running; begin one with: npx cyan rollout`);
  }
  const asked = next(kept, { kind, by });
  // One that was moving when its driver died has to be brought to where it was moving, whatever is asked.
  const start: Next = asked.effects.length > 0 ? asked : next(asked.state, { kind: "took-over", then: "continue" });
  return { start, event: tookOver(kept) };
}

/**
 * The rollout that is to be taken back: the last one; or, when none is on record or the config has moved on since, what the
 * config says: a weight goes to 0, and a flip is turned round by a rollback.
 */
function takenBack(
  kept: RolloutState | undefined,
  kind: "abort" | "rollback",
  traffic: Traffic,
  by: string,
): ReturnType<Decide> {
  const found = kept === undefined ? undefined : next(kept, { kind, by });
  const current = kept?.phase.kind !== "ended" || isServing(kept, traffic);
  if (kept !== undefined && found !== undefined && found.effects.length > 0 && current) {
    return { start: found, event: tookOver(kept) };
  }
  const flip = kind === "rollback" && traffic.canaryWeight === 0;
  const serving = traffic.activeColor;
  const plan = flip ? backPlan(otherColor(serving), serving) : backPlan(serving, otherColor(serving));
  const state = firstState(rolloutId(new Date(systemClock.now())), plan);
  return { start: next(state, { kind, by }), event: tookOver(state) };
}

/** Whether an ended rollout is what the config still says. */
function isServing({ plan, phase }: RolloutState, traffic: Traffic): boolean {
  const promoted = phase.kind === "ended" && phase.outcome === "promoted";
  return traffic.activeColor === (promoted ? plan.to : trafficBefore(plan).activeColor);
}

function backPlan(from: Color, to: Color): RolloutPlan {
  return { from, to, weights: [], interval: 0, approve: false, images: [] };
}
