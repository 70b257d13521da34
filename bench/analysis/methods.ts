import { ProportionTest } from "../../driver/analysis/judges/sequential-proportion";
import { upperQuantile } from "../../driver/analysis/judges/mann-whitney";

/** Seconds from look to look. */
export const lookSeconds = 10;
/** Looks at one release: ten minutes. */
export const looks = 60;
/** Looks in the minute that Argo and Flagger measure over. */
const minute = 60 / lookSeconds;

/** One way to judge one release, look by look. */
export interface Method {
  /** Takes what one look saw. True when the release is to be taken back. */
  look(canary: Counts, active: Counts): boolean;
}

export interface Counts {
  readonly total: number;
  readonly bad: number;
}

/** The chance of a false abort that the sequential test is told to keep to. */
export const level = 0.01;

/** How many times the active color's odds of a bad request it lets be. */
export const tolerance = 1.1;

/** The methods in the order in which they are shown. */
export const methods = {
  /** Cyan's default. */
  sequential: () => {
    const test = new ProportionTest(tolerance, level);
    return method((canary, active) => {
      test.add(canary, active);
      return test.rejects;
    });
  },
  /**
   * The success rate of the last minute, each minute, with the numbers of the first example of Argo's documentation
   * (successCondition `result[0] >= 0.95`, failureLimit 3): the fourth failure aborts.
   */
  argo: () => perMinute((success) => success < 0.95, 4),
  /** The same with those of Flagger's documentation: request-success-rate of at least 99 %, threshold 5. */
  flagger: () => perMinute((success) => success < 0.99, 5),
  /** The error rates of all looks so far, every two minutes from the fourth on, with the numbers of Kayenta's judge. */
  mannWhitney: () => {
    const [canaries, actives]: [number[], number[]] = [[], []];
    return method((canary, active) => {
      canaries.push(canary.bad / Math.max(1, canary.total));
      actives.push(active.bad / Math.max(1, active.total));
      const seen = canaries.length;
      return seen >= 4 * minute && seen % (2 * minute) === 0 && isHigher(canaries, actives);
    });
  },
} as const satisfies Record<string, () => Method>;

export type MethodName = keyof typeof methods;
export const methodNames = Object.keys(methods) as MethodName[];

/** What people are shown of each. */
export const titles: Readonly<Record<MethodName, string>> = {
  sequential: "Cyan, sequential",
  argo: "Argo's example",
  flagger: "Flagger's example",
  mannWhitney: "Mann-Whitney",
};

function method(look: Method["look"]): Method {
  return { look };
}

function perMinute(fails: (success: number) => boolean, most: number): Method {
  let [seen, total, bad, failures] = [0, 0, 0, 0];
  return method((canary) => {
    [seen, total, bad] = [seen + 1, total + canary.total, bad + canary.bad];
    if (seen % minute !== 0) return false;
    if (fails(1 - bad / Math.max(1, total))) failures += 1;
    [total, bad] = [0, 0];
    return failures >= most;
  });
}

const z = upperQuantile(0.01);

/**
 * What the comparison judge says, without the sort of all differences: the interval's lower end is over a value just
 * when at most so many differences are under it.
 */
function isHigher(one: readonly number[], two: readonly number[]): boolean {
  const pairs = one.length * two.length;
  const differences = new Float64Array(pairs);
  let at = 0;
  for (const first of one) for (const second of two) differences[at++] = first - second;
  const deviation = Math.sqrt((pairs * (one.length + two.length + 1)) / 12);
  const cut = Math.max(1, Math.floor(pairs / 2 - z * deviation));
  const under = (limit: number): number => differences.reduce((count, each) => count + (each <= limit ? 1 : 0), 0);
  // Most releases are settled without the estimate: it is of no use when the interval reaches 0.
  if (under(0) >= cut) return false;
  differences.sort();
  const middle = ((differences[Math.ceil(pairs / 2) - 1] ?? 0) + (differences[Math.floor(pairs / 2)] ?? 0)) / 2;
  return (differences[cut - 1] ?? 0) > 0.25 * Math.abs(middle);
}
