import { type WavesPlan } from "./plan";
import {
  type Failure,
  type Standing,
  type WavesEffect,
  type WavesInput,
  type WavesNext,
  type WavesState,
} from "./state";

/**
 * Where the waves begin: all stacks wait, or some are where a command that was interrupted left them. With a failure
 * that it left, what has moved is taken back.
 */
export function beginWaves(
  plan: WavesPlan,
  left: Readonly<Record<string, Standing>> = {},
  failure?: Failure,
): WavesNext {
  const standings = Object.fromEntries(plan.stacks.map((stack) => [stack, left[stack] ?? "waiting"] as const));
  const state: WavesState = { plan, standings, phase: "rolling" };
  if (failure !== undefined) return takeBack(state, failure, "undriven");
  const unfinished = withStanding(state, "rolling");
  if (unfinished.length > 0) return { state, effects: unfinished.map(roll) };
  return withStanding(state, "promoted").length > 0 ? afterWave(state) : nextWave(state);
}

/** The state machine of the waves. Pure; after the first failure no stack is released any more. */
export function nextWaves(state: WavesState, input: WavesInput): WavesNext {
  switch (input.kind) {
    case "promoted":
      return promoted(put(state, input.stack, "promoted"), input.stack);
    case "failed":
      return failed(state, input);
    case "soaked":
      return state.phase === "soaking" ? nextWave(state) : stay(state);
    case "left":
      // It is another's now, and not ours to take back.
      if (state.phase !== "soaking") return stay(state);
      return takeBack(put(state, input.stack, "restored"), { stack: input.stack, why: input.why, code: 1 });
    case "taken-back":
      return settled(put(state, input.stack, input.standing));
  }
}

function promoted(state: WavesState, stack: string): WavesNext {
  // It was faster than what it was told.
  if (state.phase === "restoring") {
    return { state: put(state, stack, "restoring"), effects: [{ kind: "take-back", stack }] };
  }
  return withStanding(state, "rolling").length > 0 ? stay(state) : afterWave(state);
}

function failed(state: WavesState, input: Extract<WavesInput, { kind: "failed" }>): WavesNext {
  const { stack, standing, why, code } = input;
  const open = standing === "rolling";
  const at = put(state, stack, open ? "restoring" : standing);
  const own: readonly WavesEffect[] = open ? [{ kind: "take-back", stack }] : [];
  const { state: after, effects } = state.phase === "restoring" ? settled(at) : takeBack(at, { stack, why, code });
  return { state: after, effects: [...own, ...effects] };
}

/** What has moved goes back at once, all of it; what has not is left alone. */
function takeBack(state: WavesState, failure: Failure, driver: "driven" | "undriven" = "driven"): WavesNext {
  const rolling = withStanding(state, "rolling");
  const moved = [...(driver === "undriven" ? rolling : []), ...withStanding(state, "promoted")];
  const restoring = moved.reduce((each, stack) => put(each, stack, "restoring"), state);
  const { state: after } = settled({ ...restoring, phase: "restoring", failure });
  const told = driver === "undriven" ? [] : rolling.map((stack) => ({ kind: "abort", stack }) as const);
  return { state: after, effects: [...told, ...moved.map((stack) => ({ kind: "take-back", stack }) as const)] };
}

function settled(state: WavesState): WavesNext {
  const open = withStanding(state, "rolling").length + withStanding(state, "restoring").length;
  return stay(open > 0 ? state : { ...state, phase: "ended" });
}

function afterWave(state: WavesState): WavesNext {
  if (withStanding(state, "waiting").length === 0) return stay({ ...state, phase: "ended" });
  return { state: { ...state, phase: "soaking" }, effects: [{ kind: "soak", seconds: state.plan.soak }] };
}

function nextWave(state: WavesState): WavesNext {
  const wave = withStanding(state, "waiting").slice(0, state.plan.concurrency);
  const rolling = wave.reduce((each, stack) => put(each, stack, "rolling"), state);
  return { state: { ...rolling, phase: "rolling" }, effects: wave.map(roll) };
}

function roll(stack: string): WavesEffect {
  return { kind: "roll", stack };
}

function stay(state: WavesState): WavesNext {
  return { state, effects: [] };
}

function put(state: WavesState, stack: string, standing: Standing): WavesState {
  return { ...state, standings: { ...state.standings, [stack]: standing } };
}

/** In the plan's order. */
function withStanding({ plan, standings }: WavesState, standing: Standing): string[] {
  return plan.stacks.filter((stack) => standings[stack] === standing);
}
