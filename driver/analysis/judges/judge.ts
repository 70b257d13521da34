import { type CountsOf, type Observation, type Side, type Verdict } from "../model";

/** What every judge is told besides its own settings. */
export interface Context {
  /** The chance of a false `fail` over the whole rollout that this metric may use up. */
  readonly level: number;
  readonly counts: CountsOf;
  /** When the first step began, in milliseconds since 1970: before it, the canary gets no share. */
  readonly began: number;
  /** When the step began, in milliseconds since 1970: what is asked for in each step is counted from here. */
  readonly stepStart: number;
}

/** A way to decide, from all that was observed so far. Pure: the same observations give the same verdict. */
export interface Judge<Spec> {
  /** The queries of a metric, by name, and the sides that each is asked of. */
  queries(spec: Spec): Readonly<Record<string, { readonly query: unknown; readonly of: readonly Side[] }>>;
  /** What an observation must have a number of; anything else that is missing is none, or zero. */
  readonly needs: { readonly query: string; readonly of: readonly Side[] };
  judge(observations: readonly Observation[], spec: Spec, context: Context): Verdict;
}
