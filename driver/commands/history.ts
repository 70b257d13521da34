import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Command } from "commander";
import { z } from "zod";
import { shareOf } from "../../components/model/traffic";
import { checkout } from "../checkout";
import { type Invocation, UserError } from "../invocation";

const updateSchema = z.object({
  version: z.number().optional(),
  kind: z.string(),
  result: z.string(),
  message: z.string().default(""),
  startTime: z.string(),
  endTime: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  config: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
});

/** One update of the stack, as its backend remembers it. */
export type Update = z.output<typeof updateSchema>;

/** `cyan history`: who moved which traffic when, as the stack's backend has it. */
export function historyCommand(invocation: Invocation): Command {
  return new Command("history")
    .description("show the last updates of the stack: when, by whom, which traffic, and what came of it")
    .option("--stack <name>", "the stack; the selected one by default")
    .option("--count <updates>", "how many", "20")
    .option("--json", "one JSON object a line")
    .action(async (options: { stack?: string; count: string; json?: true }) => {
      if (!/^[1-9]\d*$/.test(options.count)) throw new UserError(`--count ${options.count}: write a number over 0`);
      const updates = await readHistory(options.stack, options.count, invocation);
      const lines = options.json ? updates.map((update) => JSON.stringify(jsonOf(update))) : historyLines(updates);
      invocation.stdout.write(lines.map((line) => `${line}\n`).join(""));
    });
}

async function readHistory(stack: string | undefined, count: string, { env, signal }: Invocation): Promise<Update[]> {
  const args = ["stack", "history", "--json", "--page-size", count, "--page", "1", "--non-interactive"];
  const named = stack === undefined ? args : [...args, "--stack", stack];
  try {
    const options = { cwd: checkout, env, signal, maxBuffer: 2 ** 28 };
    const { stdout } = await promisify(execFile)("pulumi", named, options);
    return z.array(updateSchema).parse(JSON.parse(stdout));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof z.ZodError) throw error;
    throw new UserError(`pulumi stack history failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function trafficOf({ config }: Update): string {
  const value = (key: string): unknown => config[`cyan:${key}`]?.value;
  const weight = Number(value("canaryWeight") ?? 0);
  const traffic = { activeColor: value("activeColor") === "green" ? "green" : "blue", canaryWeight: weight } as const;
  return `blue ${shareOf(traffic, "blue")} %, green ${shareOf(traffic, "green")} %`;
}

function whoOf({ environment }: Update): string {
  return environment["git.author"] ?? environment["git.committer"] ?? "";
}

function jsonOf(update: Update) {
  const { version, kind, result, message, startTime, endTime } = update;
  const commit = update.environment["git.head"];
  return { version, kind, result, message, startTime, endTime, traffic: trafficOf(update), by: whoOf(update), commit };
}

/** The updates as lines of a table, the newest first. */
export function historyLines(updates: readonly Update[]): string[] {
  return updates.map((update) => {
    const { version, startTime, result, message, kind } = update;
    const cells = [
      numberOf(version).padStart(5),
      startTime.padEnd(24),
      result.padEnd(11),
      trafficOf(update).padEnd(24),
    ];
    return `${cells.join("  ")}  ${message === "" ? kind : message}`;
  });
}

/** A backend of files counts no updates. */
function numberOf(version: number | undefined): string {
  return version === undefined || version === 0 ? "" : String(version);
}
