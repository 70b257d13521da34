import { z } from "zod";
import { flipOf, type RolloutPlan, planSchema } from "./plan";

/** Why a release is taken back. */
const causeSchema = z.strictObject({
  kind: z.enum(["analysis", "refused", "failed", "abort", "rollback", "timeout", "resume"]),
  /** In words, for people: the verdict's evidence, the refusal, or who asked. */
  why: z.string(),
});

const phaseSchema = z.discriminatedUnion("kind", [
  /** An update that moves traffic to the step runs, or is to be run again. */
  z.strictObject({
    kind: z.literal("moving"),
    /** What was asked for while the update ran; it is done when the update has ended. */
    asked: z.enum(["pause", "promote", "full"]).optional(),
  }),
  /** Traffic is at the step, and is watched. */
  z.strictObject({ kind: z.literal("soaking"), holds: z.number() }),
  /** All steps have passed, and the flip waits for a person. */
  z.strictObject({ kind: z.literal("waiting") }),
  z.strictObject({ kind: z.literal("paused"), why: z.enum(["asked", "inconclusive"]) }),
  /** The release is being taken back. Nothing leads out of it but its end. */
  z.strictObject({ kind: z.literal("restoring"), cause: causeSchema, attempts: z.number() }),
  z.strictObject({
    kind: z.literal("ended"),
    /** `stuck` is a release that could not be taken back: `cause.why` says what stood in the way. */
    outcome: z.enum(["promoted", "restored", "stuck"]),
    cause: causeSchema.optional(),
  }),
]);

const stateSchema = z.strictObject({
  /** Of the rollout, for receipts and the stack's history. */
  id: z.string(),
  plan: planSchema,
  /** Index of the step that is moved to or watched; `plan.weights.length` is the flip. */
  step: z.number().int().min(0),
  phase: phaseSchema,
});

export type Cause = Readonly<z.output<typeof causeSchema>>;
export type Phase = Readonly<z.output<typeof phaseSchema>>;
/** Where a rollout is. All of it is kept in the stack and in the Lease, so that another machine can go on. */
export type RolloutState = Readonly<z.output<typeof stateSchema>>;
export type Ended = Extract<Phase, { kind: "ended" }>;

/** A rollout that has not moved anything yet. */
export function firstState(id: string, plan: RolloutPlan): RolloutState {
  return { id, plan, step: 0, phase: { kind: "moving" } };
}

export function isFlip({ plan, step }: RolloutState): boolean {
  return step === flipOf(plan);
}

export function isPromoted({ phase }: RolloutState): boolean {
  return phase.kind === "ended" && phase.outcome === "promoted";
}

/**
 * The state that was kept as text; undefined when there is none.
 *
 * @throws Error when it is not a state of this version.
 */
export function parseState(text: string | undefined): RolloutState | undefined {
  return text === undefined || text === "" ? undefined : stateSchema.parse(JSON.parse(text));
}
