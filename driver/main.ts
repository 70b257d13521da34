import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import { SandboxError } from "../sandbox/report";
import { adviseCommand } from "./commands/advise";
import { completionCommand } from "./commands/completion";
import { demoCommand } from "./commands/demo";
import { historyCommand } from "./commands/history";
import { planCommand } from "./commands/plan";
import { receiptCommand } from "./commands/receipt";
import { renderCommand } from "./commands/render";
import { requestCommands } from "./commands/requests";
import { retryCommand } from "./commands/retry";
import { rolloutCommand } from "./commands/rollout";
import { sandboxCommand } from "./commands/sandbox";
import { statusCommand } from "./commands/status";
import { exitCodes, type Invocation, UserError } from "./invocation";

const exitCodesText = `
Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 refused by a gate, a policy or a rule, 4 the analysis failed and
traffic was moved back, 5 another driver holds the stack, 130 interrupted.`;

/** The whole command line, without running any of it. */
export function program(invocation: Invocation): Command {
  const cyan = new Command("cyan")
    .description("Blue-green and canary releases on Kubernetes, as a Pulumi program")
    .version(version)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", exitCodesText);
  cyan.addCommand(planCommand(invocation)).addCommand(statusCommand(invocation)).addCommand(renderCommand(invocation));
  cyan.addCommand(rolloutCommand(invocation));
  for (const command of requestCommands(invocation)) cyan.addCommand(command);
  cyan
    .addCommand(retryCommand(invocation))
    .addCommand(historyCommand(invocation))
    .addCommand(receiptCommand(invocation));
  cyan.addCommand(sandboxCommand(invocation)).addCommand(demoCommand(invocation)).addCommand(adviseCommand(invocation));
  cyan.addCommand(completionCommand(cyan, invocation));
  for (const command of everyCommand(cyan)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => invocation.stdout.write(text),
      writeErr: (text) => invocation.stderr.write(text),
    });
  }
  return cyan;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Runs one command line and gives its exit code. A user's mistake is one message; anything else keeps its stack. */
export async function main(argv: readonly string[], invocation: Invocation): Promise<number> {
  try {
    await program(invocation).parseAsync([...argv], { from: "user" });
    return invocation.exitCode;
  } catch (error) {
    if (invocation.signal.aborted) {
      invocation.stderr.write("interrupted\n");
      return exitCodes.interrupted;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (error instanceof UserError || error instanceof SandboxError) {
      invocation.stderr.write(`error: ${error.message}\n`);
      return error instanceof UserError ? exitCodes.usage : exitCodes.failed;
    }
    invocation.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCodes.failed;
  }
}

/** The process: its arguments, streams and signals. The only place that exits. */
export function run(): void {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      abort.abort(new Error(`interrupted by ${signal}`));
    });
  }
  const { stdin, stdout, stderr, env } = process;
  const invocation: Invocation = {
    stdin,
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    signal: abort.signal,
    exitCode: 0,
  };
  void main(process.argv.slice(2), invocation).then((code) => process.exit(code));
}
