import { type Transition } from "./transition";

/** What was found besides the transition itself, by looking at what stands around its routes. */
export interface Findings {
  /** Why it must not be done. */
  readonly refusals: readonly string[];
  /** What is allowed, and worth a thought before traffic moves. */
  readonly warnings: readonly string[];
}

export const noFindings: Findings = { refusals: [], warnings: [] };

/** A transition with what was found added to what it says itself, unless the cluster could not be read at all. */
export function withFindings(transition: Transition, { refusals, warnings }: Findings): Transition {
  if (transition.unknown !== undefined) return transition;
  return {
    ...transition,
    refusals: [...transition.refusals, ...refusals],
    warnings: [...transition.warnings, ...warnings],
  };
}
