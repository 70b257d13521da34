import { Command, Option } from "commander";
import { connect } from "../../components/live/connect";
import { checkout } from "../checkout";
import { exitCodes, type Invocation } from "../invocation";
import { planMarkdown } from "../plan/markdown";
import { planOf } from "../plan/plan";
import { type Verdict } from "../plan/report";
import { planText } from "../plan/text";
import { readStack, type StackChoice } from "../stack";

interface Options extends StackChoice {
  readonly json?: true;
  readonly markdown?: true;
}

const verdictCodes = {
  nothing: exitCodes.done,
  allowed: exitCodes.done,
  refused: exitCodes.refused,
  unknown: exitCodes.failed,
} as const satisfies Record<Verdict, number>;

/** `cyan plan`: what the next update would do to live traffic, without doing any of it. */
export function planCommand(invocation: Invocation): Command {
  const collect = (value: string, before: readonly string[]): string[] => [...before, value];
  return new Command("plan")
    .description("show what the next pulumi up would do to live traffic, and change nothing; exits with 3 when refused")
    .option("--set <path=value>", "plan as if this config value were set; may be given more than once", collect, [])
    .option("--stack <name>", "the stack; the selected one by default")
    .option("--config-file <path>", "the stack's config, in the place of Pulumi.STACK.yaml")
    .addOption(new Option("--json", "one JSON object").conflicts("markdown"))
    .option("--markdown", "the body of a comment on a pull request")
    .addHelpText("after", "\nExample:\n  npx cyan plan --set activeColor=green --set canaryWeight=20")
    .action(async (options: Options) => {
      const stack = await readStack(options, checkout, invocation);
      const report = await planOf(stack, connect(stack.settings.namespace, stack.settings.cluster));
      if (options.json) invocation.stdout.write(`${JSON.stringify(report)}\n`);
      else invocation.stdout.write(options.markdown ? planMarkdown(report) : planText(report));
      invocation.exitCode = verdictCodes[report.verdict];
    });
}
