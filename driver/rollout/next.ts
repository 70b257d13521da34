import { type Effect } from "./effects";
import { type Request, type RolloutInput, type Verdict } from "./events";
import { flipOf, trafficAt, trafficBefore } from "./plan";
import { type Cause, type Ended, isFlip, type Phase, type RolloutState } from "./state";

/** Where a rollout is after an event, and what is to be done about it. */
export interface Next {
  readonly state: RolloutState;
  readonly effects: readonly Effect[];
}

/** How often a release is tried to be taken back before a person has to see to it. */
const restoreAttempts = 3;
/** How often a step is watched anew for want of evidence before a person has to see to it. */
const mostHolds = 3;

/**
 * The rollout's state machine. Pure: the driver keeps the state before it does what the effects say.
 *
 * A release that is being taken back is never released again by the same rollout, whatever is asked; and what asks for
 * taking back wins in every other phase.
 */
export function next(state: RolloutState, input: RolloutInput): Next {
  const { phase } = state;
  if (phase.kind === "ended") return ended(state, phase, input);
  if (phase.kind === "restoring") return restoring(state, phase, input);
  const back = takenBack(input);
  if (back !== undefined) return restore(state, back);
  if (input.kind === "took-over") return { state, effects: [again(state)] };
  if (phase.kind === "moving") return moving(state, phase, input);
  return watching(state, phase, input);
}

/** The first thing to do for a rollout that begins. */
export function begin(state: RolloutState): Next {
  return { state, effects: [again(state)] };
}

function stay(state: RolloutState): Next {
  return { state, effects: [] };
}

/** What ends a release in any phase: a failure, a person, or a driver that was told to. */
function takenBack(input: RolloutInput): Cause | undefined {
  switch (input.kind) {
    case "abort":
    case "rollback":
      return { kind: input.kind, why: `asked for by ${input.by}` };
    case "refused":
    case "failed":
      return { kind: input.kind, why: input.why };
    case "timed-out":
      return { kind: "timeout", why: "nobody answered in time" };
    case "judged":
      return input.verdict === "fail" ? { kind: "analysis", why: input.why } : undefined;
    case "took-over":
      return input.then === "rollback" ? { kind: "resume", why: "its driver died" } : undefined;
    default:
      return undefined;
  }
}

function restore(state: RolloutState, cause: Cause, attempts = 0): Next {
  const phase: Phase = { kind: "restoring", cause, attempts };
  return { state: { ...state, phase }, effects: [{ kind: "stop" }, restoration(state)] };
}

function restoration({ plan }: RolloutState): Effect {
  return { kind: "restore", traffic: trafficBefore(plan) };
}

function restoring(state: RolloutState, phase: Extract<Phase, { kind: "restoring" }>, input: RolloutInput): Next {
  const { cause, attempts } = phase;
  if (input.kind === "restored") return stay({ ...state, phase: { kind: "ended", outcome: "restored", cause } });
  if (input.kind === "took-over") return restore(state, cause);
  if (input.kind !== "not-restored") return stay(state);
  if (attempts + 1 < restoreAttempts) {
    return { state: { ...state, phase: { ...phase, attempts: attempts + 1 } }, effects: [restoration(state)] };
  }
  const why = `${cause.why}; it could not be taken back: ${input.why}`;
  return stay({ ...state, phase: { kind: "ended", outcome: "stuck", cause: { ...cause, why } } });
}

/** A promoted release can be rolled back, and one that could not be taken back can be tried again. */
function ended(state: RolloutState, { outcome }: Ended, input: RolloutInput): Next {
  const open: readonly string[] = { promoted: ["rollback"], restored: [], stuck: ["rollback", "abort"] }[outcome];
  const cause = open.includes(input.kind) ? takenBack(input) : undefined;
  return cause === undefined ? stay(state) : restore(state, cause);
}

function moving(state: RolloutState, phase: Extract<Phase, { kind: "moving" }>, input: RolloutInput): Next {
  switch (input.kind) {
    case "moved":
      if (phase.asked === "pause") return pause(state, "asked");
      if (phase.asked === "promote") return advance(state);
      if (phase.asked === "full") return isFlip(state) ? promoted(state) : full(state);
      return soak(state, 0);
    case "pause":
    case "promote":
    case "full":
      return stay({ ...state, phase: { kind: "moving", asked: input.kind } });
    case "resume":
      return stay({ ...state, phase: { kind: "moving" } });
    default:
      return stay(state);
  }
}

/** The phases in which traffic is at the step: soaking, waiting and paused. */
function watching(state: RolloutState, phase: Phase, input: RolloutInput): Next {
  if (input.kind === "judged") {
    return phase.kind === "soaking" ? judged(state, phase.holds, input.verdict) : stay(state);
  }
  return asked(state, phase, input.kind);
}

function judged(state: RolloutState, holds: number, verdict: Verdict): Next {
  if (verdict === "pass") return advance(state);
  if (verdict === "hold" && holds < mostHolds) return soak(state, holds + 1);
  return pause(state, "inconclusive");
}

function asked(state: RolloutState, phase: Phase, request: RolloutInput["kind"]): Next {
  const stopped = ({ state, effects }: Next): Next => ({ state, effects: [{ kind: "stop" }, ...effects] });
  const answers: Partial<Record<RolloutInput["kind"], () => Next>> = {
    promote: () => stopped(phase.kind === "waiting" ? move(state, flipOf(state.plan)) : advance(state)),
    full: () => stopped(isFlip(state) ? promoted(state) : full(state)),
    ...(phase.kind === "soaking" && { pause: () => stopped(pause(state, "asked")) }),
    ...(phase.kind === "paused" && { resume: () => stopped(soak(state, 0)) }),
  } satisfies Partial<Record<Request, () => Next>>;
  return answers[request]?.() ?? stay(state);
}

/** To the next step: the flip may have to wait for a person, and after it there is none. */
function advance(state: RolloutState): Next {
  if (isFlip(state)) return promoted(state);
  const step = state.step + 1;
  if (step === flipOf(state.plan) && state.plan.approve) {
    return waiting({ ...state, phase: { kind: "waiting" } });
  }
  return move(state, step);
}

function move(state: RolloutState, step: number, asked?: "full"): Next {
  const phase: Phase = { kind: "moving", ...(asked && { asked }) };
  return { state: { ...state, step, phase }, effects: [{ kind: "move", traffic: trafficAt(state.plan, step) }] };
}

/** To the flip, without watching what is between. */
function full(state: RolloutState): Next {
  return move(state, flipOf(state.plan), "full");
}

function soak(state: RolloutState, holds: number): Next {
  const effects: Effect[] = [{ kind: "soak", seconds: state.plan.interval }];
  return { state: { ...state, phase: { kind: "soaking", holds } }, effects };
}

function pause(state: RolloutState, why: "asked" | "inconclusive"): Next {
  return waiting({ ...state, phase: { kind: "paused", why } });
}

function waiting(state: RolloutState): Next {
  const seconds = state.plan.idleTimeout;
  return { state, effects: [{ kind: "wait", ...(seconds !== undefined && { seconds }) }] };
}

function promoted(state: RolloutState): Next {
  return stay({ ...state, phase: { kind: "ended", outcome: "promoted" } });
}

/** What the phase was doing: done again by a driver that begins, or has taken over. */
function again(state: RolloutState): Effect {
  switch (state.phase.kind) {
    case "moving":
      return { kind: "move", traffic: trafficAt(state.plan, state.step) };
    case "soaking":
      return { kind: "soak", seconds: state.plan.interval };
    case "restoring":
      return restoration(state);
    default:
      return { kind: "wait", ...(state.plan.idleTimeout !== undefined && { seconds: state.plan.idleTimeout }) };
  }
}
