import { type RolloutState } from "../rollout/state";
import { type WavesPlan } from "./plan";
import { type Failure, type Standing } from "./state";

/** What an interrupted command left. */
export interface Left {
  /** The id that the rollouts of its stacks have in common. */
  readonly id: string;
  readonly standings: Readonly<Record<string, Standing>>;
  /** Set when it was taking its stacks back. */
  readonly failure?: Failure;
}

/**
 * What is left of waves over the same stacks, from the rollouts that their Leases have on record; undefined when there were
 * none, or when they came to an end: every stack promoted, or everything that moved taken back.
 */
export function leftOf(
  { stacks }: WavesPlan,
  kept: Readonly<Record<string, RolloutState | undefined>>,
): Left | undefined {
  const same = (state: RolloutState | undefined): state is RolloutState => state?.plan.waves?.join() === stacks.join();
  const id = stacks
    .flatMap((stack) => (same(kept[stack]) ? [kept[stack].id] : []))
    .toSorted()
    .at(-1);
  if (id === undefined) return undefined;
  const standings = Object.fromEntries(
    stacks.map((stack) => {
      const state = kept[stack];
      return [stack, same(state) && state.id === id ? standingOf(state) : "waiting"] as const;
    }),
  );
  const all = Object.values(standings);
  const [failed] = stacks.filter((stack) => ["restoring", "restored", "stuck"].includes(standings[stack] ?? ""));
  const moved = all.some((standing) => ["rolling", "promoted", "restoring"].includes(standing));
  if (!moved || all.every((standing) => standing === "promoted")) return undefined;
  if (failed === undefined) return { id, standings };
  const why = `rollout ${id} was being taken back`;
  return { id, standings: asRolling(standings), failure: { stack: failed, why, code: 1 } };
}

function standingOf({ phase }: RolloutState): Standing {
  if (phase.kind !== "ended") return phase.kind === "restoring" ? "restoring" : "rolling";
  return phase.outcome;
}

/** A release that was being taken back has nobody who does it. */
function asRolling(standings: Readonly<Record<string, Standing>>): Record<string, Standing> {
  return Object.fromEntries(
    Object.entries(standings).map(([stack, standing]) => [stack, standing === "restoring" ? "rolling" : standing]),
  );
}
