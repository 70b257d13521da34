import { type Invocation, UserError } from "../invocation";
import { type RolloutPlan } from "../rollout/plan";
import { planRollout, type RolloutOptions, settingsBefore } from "../rollout/plan-rollout";
import { type Session, type SessionOptions } from "../rollout/session";
import { type RolloutState } from "../rollout/state";
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

/**
 * @param begun the stack's part of these waves, when it has begun: its config says by now what that has moved.
 * @throws UserError that names the stack.
 */
export function planFor({ stack }: Session, { options, plan }: WavesArgs, begun?: RolloutState): RolloutPlan {
  try {
    return { ...planRollout(options, settingsBefore(stack.settings, begun)), waves: plan.stacks.slice() };
  } catch (error) {
    throw error instanceof UserError ? new UserError(`stack ${stack.name}: ${error.message}`) : error;
  }
}
