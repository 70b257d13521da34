import { z } from "zod";

/**
 * What is asked about a service and those who run it: one entry a question, in its order. The flag of a question is its
 * key with dashes, such as `--second-environment`.
 */
export const questions = {
  requestsPerSecond: {
    kind: "number",
    text: "How many requests a second does the service get when you release?",
    fallback: 50,
  },
  risk: {
    kind: "one",
    text: "What does a bad release cost until it is taken back?",
    choices: { low: "little", medium: "annoyed users", high: "money, data or trust" },
    fallback: "medium",
  },
  secondEnvironment: {
    kind: "one",
    text: "When can you pay for a second environment?",
    choices: { always: "all the time", release: "during a release", hardly: "hardly: one more pod at a time" },
    fallback: "always",
  },
  monitoring: {
    kind: "one",
    text: "What do you measure by version?",
    choices: { none: "nothing", basic: "errors and latency", own: "these, and figures of your own" },
    fallback: "basic",
  },
  state: {
    kind: "some",
    text: "What does the service keep between requests?",
    choices: {
      "breaking-schema": "this release changes a schema so that the old version cannot use it",
      sessions: "sessions in a pod's memory",
      connections: "connections of minutes or hours, such as WebSockets",
      workers: "work from a queue",
    },
  },
  audience: {
    kind: "one",
    text: "Who is to see a release first?",
    choices: {
      anyone: "a random share",
      testers: "your own people",
      cohorts: "chosen customers, plans or regions",
    },
    fallback: "anyone",
  },
  front: {
    kind: "one",
    text: "What leads requests to the service now?",
    choices: {
      none: "only a Service",
      "ingress-nginx": "ingress-nginx",
      traefik: "Traefik",
      "gateway-api": "a Gateway API controller",
      istio: "Istio",
      linkerd: "Linkerd",
      "argo-rollouts": "Argo Rollouts",
      flagger: "Flagger",
    },
    fallback: "ingress-nginx",
  },
} as const;

type Questions = typeof questions;
export type QuestionKey = keyof Questions;
export type Choice<K extends QuestionKey> = Questions[K] extends { choices: infer C } ? keyof C & string : never;

/** The answers to all questions. */
export interface Answers {
  readonly requestsPerSecond: number;
  readonly risk: Choice<"risk">;
  readonly secondEnvironment: Choice<"secondEnvironment">;
  readonly monitoring: Choice<"monitoring">;
  readonly state: readonly Choice<"state">[];
  readonly audience: Choice<"audience">;
  readonly front: Choice<"front">;
}

const one = <K extends QuestionKey>(key: K) => {
  const choices = choicesOf(key);
  return z.enum(choices as [Choice<K>, ...Choice<K>[]], {
    error: ({ input }) =>
      input === undefined
        ? `is missing; choose one of ${choices.join(", ")}`
        : `is ${JSON.stringify(input)}; choose one of ${choices.join(", ")}`,
  });
};

/** Answers as JSON or YAML has them. */
export const answersSchema = z.strictObject({
  requestsPerSecond: z
    .number({
      error: ({ input }) =>
        `${input === undefined ? "is missing" : `is ${JSON.stringify(input)}`}; write a number such as 50 or 0.2`,
    })
    .min(0, "is under 0")
    .max(1e9, "is over 1000000000"),
  risk: one("risk"),
  secondEnvironment: one("secondEnvironment"),
  monitoring: one("monitoring"),
  state: z.array(one("state"), {
    error: () => `is no list; write [] or some of ${choicesOf("state").join(", ")}`,
  }),
  audience: one("audience"),
  front: one("front"),
});

/** The words that answer a question; none for one that wants a number. */
export function choicesOf(key: QuestionKey): string[] {
  const question = questions[key];
  return "choices" in question ? Object.keys(question.choices) : [];
}

/** The answer to a question from text, such as a flag's value; what it says has still to be checked. */
export function answerFrom(key: QuestionKey, text: string): unknown {
  const { kind } = questions[key];
  if (kind === "number") return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === "one") return text;
  return text === "" || text === "none" ? [] : text.split(",").map((each) => each.trim());
}
