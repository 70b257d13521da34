/** What a look at the metrics of a step gives; `hold` is not enough evidence yet. */
export type Verdict = "pass" | "fail" | "inconclusive" | "hold";

/** What a person asks of a running rollout, from this machine or another. */
export const requests = ["pause", "resume", "promote", "full", "abort", "rollback"] as const;
export type Request = (typeof requests)[number];

/** What happens to a rollout. */
export type RolloutInput =
  /** The update that moves to the step has ended, and traffic is there. */
  | { readonly kind: "moved" }
  /** A gate or a policy refused the update: nothing was moved. */
  | { readonly kind: "refused"; readonly why: string }
  /** The update failed in another way: some of it may be live. */
  | { readonly kind: "failed"; readonly why: string }
  /** The step was watched to its end, or a watch gave a verdict before it. */
  | { readonly kind: "judged"; readonly verdict: Verdict; readonly why: string }
  /** Nobody answered in the plan's idle timeout. */
  | { readonly kind: "timed-out" }
  | { readonly kind: Request; readonly by: string }
  /** The release was taken back: live, and in the stack. */
  | { readonly kind: "restored" }
  | { readonly kind: "not-restored"; readonly why: string }
  /** A driver has taken over from one that died. */
  | { readonly kind: "took-over"; readonly then: "continue" | "rollback" };
