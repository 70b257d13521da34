import { type Lease } from "../../components/live/leases";
import { type Color } from "../../components/model/color";
import { exitCodes } from "../invocation";
import { viewOf } from "../rollout/lease";
import { codeOf } from "../rollout/run";
import { isPromoted, type RolloutState } from "../rollout/state";
import { type WavesPlan } from "./plan";
import { type Failure, type Standing, type Stopped } from "./state";
import { stoppedOn } from "./stopped";

/** What an interrupted command left. */
export interface Left {
  /** The id that the rollouts of its stacks have in common. */
  readonly id: string;
  readonly standings: Readonly<Record<string, Standing>>;
  /** Set when it was taking its stacks back. */
  readonly failure?: Failure;
}

/** What the Lease of a stack has on record. */
export interface Kept {
  readonly state?: RolloutState;
  readonly stopped?: Stopped;
}

/** A release that a person has led back since, by config and update, counts as taken back. */
export function keptOf(lease: Lease | undefined, active: Color): Kept {
  const [state, stopped] = [lease && viewOf(lease).state, stoppedOn(lease)];
  const back = stopped !== undefined && state?.id === stopped.id && isPromoted(state) && active !== state.plan.to;
  const now: RolloutState | undefined = back ? { ...state, phase: { kind: "ended", outcome: "restored" } } : state;
  return { ...(now && { state: now }), ...(stopped && { stopped }) };
}

/**
 * What is left of waves over the same stacks, from what their Leases have on record; undefined when there were none, or when
 * they came to an end: every stack promoted, or everything that moved taken back.
 */
export function leftOf({ stacks }: WavesPlan, kept: Readonly<Record<string, Kept>>): Left | undefined {
  const same = (state: RolloutState | undefined): state is RolloutState => state?.plan.waves?.join() === stacks.join();
  const states = stacks.flatMap((stack) => {
    const state = kept[stack]?.state;
    return same(state) ? [[stack, state] as const] : [];
  });
  const id = states
    .map(([, state]) => state.id)
    .toSorted()
    .at(-1);
  if (id === undefined) return undefined;
  const ours = Object.fromEntries(states.filter(([, state]) => state.id === id));
  const stopped = stacks.map((stack) => kept[stack]?.stopped).find((each) => each?.id === id);
  const standings = Object.fromEntries(
    stacks.map((stack) => {
      const state = ours[stack];
      return [stack, state === undefined ? (stopped?.standings[stack] ?? "waiting") : standingOf(state)] as const;
    }),
  );
  const all = Object.values(standings);
  const moved = all.some((standing) => ["rolling", "promoted", "restoring"].includes(standing));
  if (!moved || all.every((standing) => standing === "promoted")) return undefined;
  const failure = stopped?.failure ?? failureOf(ours);
  return failure === undefined ? { id, standings } : { id, standings: asRolling(standings), failure };
}

function standingOf({ phase }: RolloutState): Standing {
  if (phase.kind !== "ended") return phase.kind === "restoring" ? "restoring" : "rolling";
  return phase.outcome;
}

/** The stack that is taken back, or was: one that failed by itself before one that was told to. */
function failureOf(states: Readonly<Record<string, RolloutState>>): Failure | undefined {
  const failures = Object.entries(states).flatMap(([stack, state]) => {
    const { phase } = state;
    if ((phase.kind !== "ended" && phase.kind !== "restoring") || isPromoted(state)) return [];
    const { why, kind } = phase.cause ?? { why: "it was taken back", kind: "rollback" };
    const code = phase.kind === "ended" ? codeOf(state) : exitCodes.failed;
    return [{ stack, why, code, asked: kind === "abort" || kind === "rollback" }];
  });
  const [first] = failures.toSorted((one, other) => Number(one.asked) - Number(other.asked));
  return first && { stack: first.stack, why: first.why, code: first.code };
}

/** A release that was being taken back has nobody who does it. */
function asRolling(standings: Readonly<Record<string, Standing>>): Record<string, Standing> {
  return Object.fromEntries(
    Object.entries(standings).map(([stack, standing]) => [stack, standing === "restoring" ? "rolling" : standing]),
  );
}
