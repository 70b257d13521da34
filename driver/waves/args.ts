import { type Invocation, UserError } from "../invocation";
import { type RolloutPlan } from "../rollout/plan";
import { planRollout, type RolloutOptions } from "../rollout/plan-rollout";
import { type Session, type SessionOptions } from "../rollout/session";
import { type WavesPlan } from "./plan";
import { type WavesReporter } from "./report";

export interface WavesArgs {
  readonly plan: WavesPlan;
  /** What the command was told of the rollout; the stacks are the plan's. */
  readonly options: SessionOptions & RolloutOptions;
  /** What to do with waves whose command was interrupted; they go on unless it says otherwise. */
  readonly onResume?: "continue" | "rollback";
  readonly report: WavesReporter;
  readonly invocation: Invocation;
}

/** @throws UserError that names the stack. */
export function planFor({ stack }: Session, { options, plan }: WavesArgs): RolloutPlan {
  try {
    return { ...planRollout(options, stack.settings), waves: plan.stacks.slice() };
  } catch (error) {
    throw error instanceof UserError ? new UserError(`stack ${stack.name}: ${error.message}`) : error;
  }
}
