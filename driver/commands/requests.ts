import { Command } from "commander";
import { type Invocation } from "../invocation";
import { type Request } from "../rollout/events";
import { request } from "../rollout/request";
import { openSession } from "../rollout/session";
import { type DriverOptions, reporterFor, withDriverOptions } from "./rollout-options";

/** The commands that have something done about the rollout of a stack, wherever its driver runs. */
export function requestCommands(invocation: Invocation): Command[] {
  const asking = (command: Command, kind: Request): Command =>
    withDriverOptions(command).action(async (options: DriverOptions & { readonly full?: true }) => {
      const session = await openSession(options, invocation);
      const reporter = reporterFor(invocation, options.json);
      await request({ session, request: options.full ? "full" : kind, reporter, invocation });
    });
  return [
    asking(
      new Command("promote")
        .description("approve the flip, or go to the next step without watching this one to its end")
        .option("--full", "flip at once, and watch nothing more"),
      "promote",
    ),
    // It is watched on. Without a driver a rollout stays where it is anyway.
    asking(new Command("pause").description("keep a rollout at its step until it is resumed"), "pause"),
    asking(
      new Command("resume").description("go on with a rollout that is paused, or whose driver has ended"),
      "resume",
    ),
    // Live requests go back past the engine; then config, preview and update say the same.
    asking(
      new Command("abort").description(
        "lead live requests back to the active color at once, then declare and record it",
      ),
      "abort",
    ),
    asking(new Command("rollback").description("take the last release back, also when it was promoted"), "rollback"),
  ];
}
