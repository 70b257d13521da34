/** What became of one request. */
export interface Answer {
  /** When it was due, in milliseconds since 1970; it is sent then, however late earlier answers are. */
  readonly at: number;
  /** From when it was due to its whole answer, in milliseconds: waiting in a queue of ours counts. */
  readonly took: number;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** What the service called itself, by its header `x-color`; empty when it did not. */
  readonly color: string;
  /** Why there was no whole answer: `timeout`, or a code such as `ECONNREFUSED`; empty when there was one. */
  readonly error: string;
}

/** A request is lost unless a color answered it with success or a redirect. */
export function isLost(answer: Answer): boolean {
  return answer.color === "" || answer.status < 200 || answer.status >= 400;
}

/** Answers in numbers. */
export interface Tally {
  readonly requests: number;
  readonly lost: number;
  /** Answers that were not lost, by color. */
  readonly colors: Readonly<Record<string, number>>;
  /** Lost requests, by status or error. */
  readonly losses: Readonly<Record<string, number>>;
}

export function tally(answers: readonly Answer[]): Tally {
  const colors: Record<string, number> = {};
  const losses: Record<string, number> = {};
  let lost = 0;
  for (const answer of answers) {
    if (isLost(answer)) {
      lost += 1;
      const why = answer.error === "" ? `status ${answer.status}` : answer.error;
      losses[why] = (losses[why] ?? 0) + 1;
    } else {
      colors[answer.color] = (colors[answer.color] ?? 0) + 1;
    }
  }
  return { requests: answers.length, lost, colors, losses };
}
