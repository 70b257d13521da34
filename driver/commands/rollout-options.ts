import { type Command } from "commander";
import { type Invocation } from "../invocation";
import { jsonLines, plainLines } from "../rollout/plain-lines";
import { type RolloutReporter } from "../rollout/report";
import { jsonWaves, plainWaves, type WavesReporter } from "../waves/report";

/** Options of every command that drives a rollout, or asks its driver for something. */
export interface DriverOptions {
  readonly stack?: string;
  readonly json?: true;
  readonly policyPack?: readonly string[];
}

export function withDriverOptions(command: Command): Command {
  return command
    .option("--stack <name>", "the stack; the selected one by default")
    .option("--policy-pack <folder...>", "check previews and updates with these packs too")
    .option("--json", "one JSON object a line for each event");
}

/** Events go to standard output: they are what the command is for. */
export function reporterFor(invocation: Invocation, json: true | undefined): (rollout: string) => RolloutReporter {
  const write = (line: string): boolean => invocation.stdout.write(line);
  return (rollout) => (json ? jsonLines(rollout, write, () => new Date()) : plainLines(write));
}

/** As `reporterFor`, for several stacks. */
export function wavesReporter(invocation: Invocation, json: true | undefined): WavesReporter {
  const write = (line: string): boolean => invocation.stdout.write(line);
  return json ? jsonWaves(write, () => new Date()) : plainWaves(write);
}
