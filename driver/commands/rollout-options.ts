import { type Command } from "commander";
import { createColors } from "picocolors";
import { systemClock } from "../clock";
import { type Invocation } from "../invocation";
import { immediate, type Observer } from "../observers/observer";
import { jsonLines, plainLines } from "../rollout/plain-lines";
import { type RolloutView } from "../rollout/view";
import { liveReport } from "../terminal/live-report";
import { jsonWaves, plainWaves, type WavesReporter } from "../waves/report";

/** Options of every command that drives a rollout, or asks its driver for something. */
export interface DriverOptions {
  readonly stack?: string;
  readonly json?: true;
  readonly policyPack?: readonly string[];
  readonly policyPackConfig?: readonly string[];
}

export function withDriverOptions(command: Command): Command {
  return command
    .option("--stack <name>", "the stack; the selected one by default")
    .option("--policy-pack <folder...>", "check previews and updates with these packs too")
    .option("--policy-pack-config <file...>", "the JSON files that tune these packs, one for each")
    .option("--json", "one JSON object a line for each event");
}

/**
 * Events go to standard output: they are what the command is for. On a terminal the rollout is shown as it is now, below a
 * line of each event.
 */
export function reporterFor({ stdout, env }: Invocation, json: true | undefined): (view: RolloutView) => Observer {
  const write = (line: string): boolean => stdout.write(line);
  return (view) => {
    if (json) return immediate(jsonLines(view.rollout, write, () => new Date()));
    if (!stdout.isTTY || env["TERM"] === "dumb") return immediate(plainLines(write));
    return liveReport({ view, terminal: stdout, clock: systemClock, paint: createColors(!env["NO_COLOR"]) });
  };
}

/** As `reporterFor`, for several stacks. */
export function wavesReporter(invocation: Invocation, json: true | undefined): WavesReporter {
  const write = (line: string): boolean => invocation.stdout.write(line);
  return json ? jsonWaves(write, () => new Date()) : plainWaves(write);
}
