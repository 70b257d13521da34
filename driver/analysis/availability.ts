import { type Evidence, type Observation, type Outcome, type Reading, type Side, type Verdict } from "./model";
import { type NoDataRule } from "./metric-schema";

/** What is done when a source has nothing to say. */
export interface AvailabilityRules {
  /** For no series, an empty answer, NaN, an infinite value, and a source that asks to be left alone. */
  readonly onNoData: NoDataRule;
  /** How long `hold` holds before it fails, in milliseconds. */
  readonly noDataLimit: number;
  /** Answers in a row that did not come, or were refusals or errors, that are let pass; one more fails. */
  readonly consecutiveErrorLimit: number;
}

interface Needed {
  readonly query: string;
  readonly of: readonly Side[];
}

/**
 * The verdict that a missing answer gives in the place of the judge's; undefined when the last look has what the judge
 * needs. Time runs from the last look that had, or from `since`.
 */
export function availability(
  observations: readonly Observation[],
  needed: Needed,
  since: number,
  rules: AvailabilityRules,
): Verdict | undefined {
  const looks = observations.filter(({ at }) => at > since);
  const last = looks.at(-1);
  const missing = last === undefined ? undefined : missingOf(last, needed);
  if (last === undefined || missing === undefined) return undefined;
  const errors = looks.length - 1 - looks.findLastIndex((look) => !isError(missingOf(look, needed)));
  if (isError(missing)) {
    const { consecutiveErrorLimit: limit } = rules;
    const text = `${missing.why} (error ${errors} in a row, ${limit} allowed)`;
    return verdict(errors > limit ? "fail" : "hold", text);
  }
  if (rules.onNoData !== "hold")
    return verdict(rules.onNoData, `no data, which is to ${rules.onNoData}: ${missing.why}`);
  const began = looks.findLast((look) => missingOf(look, needed) === undefined)?.at ?? since;
  const [past, limit] = [last.at - began, rules.noDataLimit].map((milliseconds) => Math.round(milliseconds / 1000));
  const text = `no data for ${past ?? 0} s (${limit ?? 0} s allowed): ${missing.why}`;
  return verdict(last.at - began > rules.noDataLimit ? "fail" : "hold", text);
}

/** The first reading that should be a sample and is none. */
function missingOf({ readings }: Observation, { query, of }: Needed): Exclude<Reading, { kind: "sample" }> | undefined {
  // One query that failed leaves the observation incomplete, whatever it was.
  for (const each of Object.values(readings).flatMap((bySide) => Object.values(bySide))) {
    if (each.kind === "failure") return each;
  }
  for (const side of of) {
    const reading = readings[query]?.[side];
    if (reading === undefined) return { kind: "no-data", why: "nothing was asked" };
    if (reading.kind !== "sample") return { ...reading, why: `${side}: ${reading.why}` };
  }
  return undefined;
}

function isError(reading: Reading | undefined): reading is Extract<Reading, { kind: "failure" }> {
  return reading?.kind === "failure" && reading.retryAfterSeconds === undefined;
}

function verdict(outcome: Outcome, text: string): Verdict {
  const evidence: Evidence = { text, unit: "none", seen: { canary: 0, active: 0 } };
  return { outcome, evidence };
}
