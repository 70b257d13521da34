import { z } from "zod";
import { type Traffic } from "../../components/model/traffic";

const color = z.enum(["blue", "green"]);

/** What one rollout is to do. It is fixed when the rollout begins, and is all that another machine needs to go on. */
export const planSchema = z.strictObject({
  /** The color that serves before, and again when the release fails. */
  from: color,
  /** The color that is released. */
  to: color,
  /** Percent of requests that `to` gets, one step after the other; the flip comes after the last of them. */
  weights: z.array(z.number().int().min(1).max(99)),
  /** How long each step is watched, in seconds; the flip too. */
  interval: z.number().int().min(0),
  /** Whether someone has to approve the flip. */
  approve: z.boolean(),
  /** After how many seconds a rollout that waits for a person is taken back; absent for never. */
  idleTimeout: z.number().int().min(1).optional(),
  /** The file that says how the release is judged; absent for the built-in metrics, false for no judgement. */
  analysis: z.union([z.string(), z.literal(false)]).optional(),
  /** Images that are given to `to` with the first step, and what it had before. */
  images: z.array(z.strictObject({ service: z.string(), image: z.string(), before: z.string() })),
  /** The stacks that are released one after the other, this one among them; their rollouts have one id. */
  waves: z.array(z.string()).optional(),
});

export type RolloutPlan = Readonly<z.output<typeof planSchema>>;

/** The index of the flip among a plan's steps. */
export function flipOf(plan: RolloutPlan): number {
  return plan.weights.length;
}

/** The traffic that a step declares: a weight, or the flip at the end. */
export function trafficAt(plan: RolloutPlan, step: number): Traffic {
  const weight = plan.weights[step];
  return weight === undefined
    ? { activeColor: plan.to, canaryWeight: 0 }
    : { activeColor: plan.from, canaryWeight: weight };
}

/** The traffic that takes a release back. */
export function trafficBefore(plan: RolloutPlan): Traffic {
  return { activeColor: plan.from, canaryWeight: 0 };
}
