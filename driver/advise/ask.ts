import { createInterface } from "node:readline";
import { answerFrom, answersSchema, type QuestionKey, questions } from "./answers";

/** Where questions are put, and answers come from. */
export interface Conversation {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/** What was answered so far, by question. */
export type Known = Readonly<Partial<Record<QuestionKey, unknown>>>;

/**
 * Puts every question that is not answered yet, one after the other, and again after an answer that is none. An empty
 * line takes the answer in brackets.
 *
 * @returns undefined when the input ended, or Ctrl-C was typed, before all was answered.
 */
export async function ask(known: Known, { input, output, signal }: Conversation): Promise<Known | undefined> {
  const terminal = "isTTY" in input && input.isTTY === true;
  const reader = createInterface({ input, ...(terminal && { output, terminal }), signal });
  reader.on("SIGINT", () => {
    reader.close();
  });
  const lines = reader[Symbol.asyncIterator]();
  const answers: Partial<Record<QuestionKey, unknown>> = { ...known };
  try {
    for (const key of Object.keys(questions) as QuestionKey[]) {
      while (answers[key] === undefined) {
        output.write(prompt(key));
        const line = await lines.next();
        if (line.done) return undefined;
        const answer = answerTo(key, line.value.trim());
        const parsed = answersSchema.shape[key].safeParse(answer);
        if (parsed.success) answers[key] = answer;
        else output.write(`  ${parsed.error.issues[0]?.message ?? "is no answer"}\n`);
      }
    }
    return answers;
  } finally {
    reader.close();
  }
}

function prompt(key: QuestionKey): string {
  const question = questions[key];
  const choices = "choices" in question ? Object.entries(question.choices) : [];
  const list = choices.map(([choice, text], index) => `  ${index + 1}) ${choice}: ${text}\n`).join("");
  const several = question.kind === "some" ? " (several with commas)" : "";
  return `\n${question.text}${several}\n${list}[${fallback(key)}] `;
}

function fallback(key: QuestionKey): string {
  const question = questions[key];
  return "fallback" in question ? String(question.fallback) : "none";
}

/** An answer as it was typed: words, their numbers in the list, or nothing for what stands in brackets. */
function answerTo(key: QuestionKey, line: string): unknown {
  const question = questions[key];
  const text = line === "" ? fallback(key) : line;
  if (!("choices" in question)) return answerFrom(key, text);
  const choices = Object.keys(question.choices);
  const named = text.split(",").map((each) => choices[Number(each.trim()) - 1] ?? each.trim());
  return answerFrom(key, named.join(","));
}
