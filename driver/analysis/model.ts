import { type Failure as HttpFailure } from "../http";

/** Which of the two colors a reading is of: the one on trial, or the one that serves beside it. */
export type Side = "canary" | "active";
export const sides = ["canary", "active"] as const satisfies readonly Side[];

/** One series of a source's answer: what tells it from the others, and its value. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Finite: what is no number is no sample. */
  readonly value: number;
}

/** What a source answered to one query. */
export interface Sample {
  readonly kind: "sample";
  /** At least one. */
  readonly series: readonly Series[];
}

/** The source answered, and has no number: no series, an empty result, NaN, or an infinite value. */
export interface NoData {
  readonly kind: "no-data";
  readonly why: string;
}

/** The source did not answer, or refused. One that asks to be left alone is no failure of the release, and none of its own. */
export type Failure = Pick<HttpFailure, "kind" | "why" | "retryAfterSeconds">;

export type Reading = Sample | NoData | Failure;

/** What a query may ask about. */
export interface Window {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/**
 * A source of metrics. One file each in providers/, and a line in providers/registry.ts.
 *
 * Neither method throws for what the source does: that is a reading. Both reject when the signal fires.
 */
export interface MetricProvider {
  /**
   * Asks for one number, or one per series. The query is one that the provider's schema took, with its variables filled in.
   */
  query(
    query: unknown,
    at: { readonly window: Window; readonly signal: AbortSignal },
  ): Promise<Sample | NoData | Failure>;
  /** Undefined when the source answers and takes our credentials; else what is wrong, and what would be right. */
  check(signal: AbortSignal): Promise<string | undefined>;
}

/**
 * What a count means that a query gives: since whatever counts began to count, as Prometheus counters do, or within
 * the window that was asked for.
 */
export type CountsOf = "lifetime" | "window";

/** What was read at one time: for each query of a metric, of each side. */
export interface Observation {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly readings: Readonly<Record<string, Readonly<Partial<Record<Side, Reading>>>>>;
}

/**
 * `fail`: the canary is bad. `pass`: enough was seen, and it is not bad. `hold`: look on. `inconclusive`: looking on will
 * not help, and a person has to decide.
 */
export type Outcome = "pass" | "fail" | "inconclusive" | "hold";

/** A measured value, with bounds that hold at the evidence's level of confidence. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Why the outcome is what it is. */
export interface Evidence {
  /** One sentence for people. */
  readonly text: string;
  readonly canary?: Estimate;
  readonly active?: Estimate;
  /** What the estimates are in. */
  readonly unit: "ratio" | "seconds" | "none";
  /** Chance of a false `fail` that the judge allows, over every look together; absent where a judge gives no such promise. */
  readonly level?: number;
  /** The smallest level at which the judge would say `fail` now; always valid where `level` is set by a sequential judge. */
  readonly pValue?: number;
  /** How much was seen: requests, or values. */
  readonly seen: Readonly<Record<Side, number>>;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly evidence: Evidence;
}
