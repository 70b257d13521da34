import { z } from "zod";
import { type WavesPlan } from "./plan";

/** `waiting` was not touched; `stuck` could not be taken back. */
const standingSchema = z.enum(["waiting", "rolling", "promoted", "restoring", "restored", "stuck"]);

const failureSchema = z.strictObject({
  stack: z.string(),
  why: z.string(),
  /** What the command exits with for it. */
  code: z.number(),
});

/** Waves that have stopped: what a Lease of a stack that is to be taken back keeps of them. */
export const stoppedSchema = z.strictObject({
  /** Of the rollouts of all stacks. */
  id: z.string(),
  failure: failureSchema,
  /** Where each stack was then. */
  standings: z.record(z.string(), standingSchema),
});

/** Where one stack is. */
export type Standing = z.output<typeof standingSchema>;
/** What stopped the waves. */
export type Failure = Readonly<z.output<typeof failureSchema>>;
export type Stopped = Readonly<z.output<typeof stoppedSchema>>;

export interface WavesState {
  readonly plan: WavesPlan;
  readonly standings: Readonly<Record<string, Standing>>;
  readonly phase: "rolling" | "soaking" | "restoring" | "ended";
  /** Set from the first failure on: what has moved is taken back. */
  readonly failure?: Failure;
}

/** What happens to the waves. */
export type WavesInput =
  /** A stack's rollout has come to its end. */
  | { readonly kind: "promoted"; readonly stack: string }
  /** It did not, and `standing` is what is left to do: `rolling` is a stack on which requests may have moved. */
  | {
      readonly kind: "failed";
      readonly stack: string;
      readonly standing: "waiting" | "rolling" | "restored" | "stuck";
      readonly why: string;
      readonly code: number;
    }
  /** The pause after a wave is over. */
  | { readonly kind: "soaked" }
  /** A stack that was promoted is so no longer: someone has moved it since. */
  | { readonly kind: "left"; readonly stack: string; readonly why: string }
  /** A release was taken back, or could not be. */
  | { readonly kind: "taken-back"; readonly stack: string; readonly standing: "restored" | "stuck" };

/** What is to be done. */
export type WavesEffect =
  /** Release a stack, or go on with its rollout. Gives `promoted` or `failed`. */
  | { readonly kind: "roll"; readonly stack: string }
  /** Wait, then see whether what was promoted still is. Gives `soaked` or `left`. */
  | { readonly kind: "soak"; readonly seconds: number }
  /** Tell the rollout of a stack, which runs, to take its release back. It gives `failed`. */
  | { readonly kind: "abort"; readonly stack: string }
  /** Take a release back that has ended, or that nobody drives. Gives `taken-back`. */
  | { readonly kind: "take-back"; readonly stack: string };

export interface WavesNext {
  readonly state: WavesState;
  readonly effects: readonly WavesEffect[];
}
