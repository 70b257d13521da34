import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { parse, YAMLParseError } from "yaml";
import { advise, type Recommendation } from "../advise/advise";
import { answerFrom, type Answers, answersSchema, choicesOf, type QuestionKey, questions } from "../advise/answers";
import { ask, type Known } from "../advise/ask";
import { exitCodes, type Invocation, UserError } from "../invocation";

const keys = Object.keys(questions) as QuestionKey[];

type Options = Partial<Record<QuestionKey, string>> & { readonly answers?: string; readonly json?: true };

/** `cyan advise`: asks about a service, and recommends how to release it. */
export function adviseCommand(invocation: Invocation): Command {
  const command = new Command("advise")
    .description("ask about a service, and recommend a strategy, router, steps and analysis, with the config to paste")
    .option("--answers <file>", "the answers as YAML or JSON; a flag wins over it")
    .option("--json", "one JSON object");
  for (const key of keys) {
    const choices = choicesOf(key).join(questions[key].kind === "some" ? ", any of them with commas, or none" : ", ");
    command.option(`--${dashed(key)} <answer>`, `${questions[key].text}${choices === "" ? "" : ` (${choices})`}`);
  }
  return command.action(async ({ answers: file, json, ...flags }: Options) => {
    const told = Object.entries(flags).map(([key, text]) => [key, answerFrom(key as QuestionKey, text)] as const);
    const known = { ...(file !== undefined && answersIn(file, invocation.cwd)), ...Object.fromEntries(told) };
    const { stdin: input, stderr: output, stdout, signal } = invocation;
    const all = input.isTTY ? await ask(known, { input, output, signal }) : known;
    if (all === undefined) {
      output.write("\nnot all was answered\n");
      invocation.exitCode = exitCodes.interrupted;
      return;
    }
    const recommendation = advise(checked(all));
    stdout.write(json ? `${JSON.stringify(recommendation)}\n` : adviceText(recommendation));
  });
}

function dashed(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function answersIn(file: string, cwd: string): Known {
  try {
    const answers: unknown = parse(readFileSync(resolve(cwd, file), "utf8"));
    if (typeof answers === "object" && answers !== null && !Array.isArray(answers)) return answers;
    throw new UserError(`${file} is no map of answers; write requestsPerSecond: 50 and so on`);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new UserError(`${file} is no YAML or JSON: ${error.message}`);
    if (error instanceof Error && "code" in error) throw new UserError(`${file} cannot be read: ${error.message}`);
    throw error;
  }
}

/** @throws UserError with everything that is wrong or missing. */
function checked(answers: Known): Answers {
  const parsed = answersSchema.safeParse(answers);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => `${key}: is no question; there are ${keys.join(", ")}`)
      : [`${issue.path.join(".")}: ${issue.message}`],
  );
  throw new UserError(`the answers are not complete:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
}

/** A recommendation for people: config and commands can be pasted into a shell. */
export function adviceText({
  strategy,
  router,
  steps,
  analysis,
  reasons,
  mind,
  config,
  release,
  rollout,
}: Recommendation): string {
  const list = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? "" : `\n${title}\n${lines.map((line) => `  ${line}\n`).join("")}`;
  const watched =
    steps === undefined
      ? "all requests at once"
      : `${steps.weights.join(", ")} %, each for ${time(steps.interval)}: at least ${steps.requests} requests`;
  return [
    `Strategy  ${strategy}\nRouter    ${router}\nSteps     ${watched}\nAnalysis  ${analysis}\n`,
    list(
      "Because",
      reasons.map((reason) => `- ${reason}`),
    ),
    list(
      "Mind",
      mind.map((each) => `- ${each}`),
    ),
    list(
      "Config",
      Object.entries(config).map(([path, value]) => `pulumi config set --path ${path} ${value}`),
    ),
    list("A release to green", release),
    list("Or by itself", rollout === undefined ? [] : [rollout]),
  ].join("");
}

function time(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
