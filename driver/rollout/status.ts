import { nameOf } from "./holder";
import { type LeaseView } from "./lease";
import { trafficAt } from "./plan";
import { isFlip } from "./state";
import { sharesText } from "./work";

/** Where a rollout is, for people and for machines. */
export interface RolloutStatus {
  readonly rollout: string;
  readonly phase: string;
  /** Which step of how many, from 1; the flip is the last. */
  readonly step: number;
  readonly steps: number;
  /** Who drives it; absent for nobody. */
  readonly driver?: string;
  readonly text: string;
}

export function rolloutStatus({ state, holder }: LeaseView): RolloutStatus | undefined {
  if (state === undefined) return undefined;
  const { id, plan, step, phase } = state;
  const steps = plan.weights.length + 1;
  const name = phase.kind === "ended" ? `ended, ${phase.outcome}` : phase.kind;
  const where = isFlip(state) ? "the flip" : sharesText(trafficAt(plan, step));
  const driven = holder === "" ? "no driver" : `driven by ${nameOf(holder)}`;
  const text =
    phase.kind === "ended"
      ? `rollout ${id} to ${plan.to}: ${name}`
      : `rollout ${id} to ${plan.to}: ${name}, step ${step + 1} of ${steps} (${where}); ${driven}`;
  return { rollout: id, phase: name, step: step + 1, steps, ...(holder !== "" && { driver: nameOf(holder) }), text };
}
