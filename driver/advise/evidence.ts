import { type Answers } from "./answers";

/** Steps of a canary: percent of requests, and how long each is watched. */
export interface Steps {
  readonly weights: readonly number[];
  /** Seconds. */
  readonly interval: number;
  /** Requests that the canary gets in each step at least. */
  readonly requests: number;
}

/**
 * How many requests a step has to show before it says anything. After n of them without a failure the failure rate is under
 * 3/n with 95 % confidence (the rule of three: Hanley and Lippman-Hand, JAMA 249, 1983): 3 %, 1 % and 0.3 %.
 */
const requestsNeeded = { low: 100, medium: 300, high: 1000 } as const satisfies Record<Answers["risk"], number>;

const weights = { low: [20, 50], medium: [5, 20, 50], high: [1, 5, 20, 50] } as const satisfies Record<
  Answers["risk"],
  readonly number[]
>;

/** Seconds. A step that needs longer is left out: nobody watches it to its end. */
const longest = 3600;
const shortest = 60;

/**
 * The steps that a canary takes at this load; undefined when even half of the requests show too little within an hour.
 */
export function stepsFor({ requestsPerSecond, risk }: Answers): Steps | undefined {
  const requests = requestsNeeded[risk];
  const seconds = (weight: number): number => Math.ceil((100 * requests) / (weight * requestsPerSecond));
  const useful = weights[risk].filter((weight) => seconds(weight) <= longest);
  const [first] = useful;
  return first === undefined ? undefined : { weights: useful, interval: Math.max(shortest, seconds(first)), requests };
}
