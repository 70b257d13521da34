import { Command } from "commander";
import { type Invocation } from "../invocation";
import { request } from "../rollout/request";
import { openSession } from "../rollout/session";
import { type DriverOptions, reporterFor, withDriverOptions } from "./rollout-options";

/** `cyan promote`: to the next step, or with a flip that waits for approval. */
export function promoteCommand(invocation: Invocation): Command {
  return withDriverOptions(
    new Command("promote")
      .description("approve the flip, or go to the next step without watching this one to its end")
      .option("--full", "flip at once, and watch nothing more"),
  ).action(async (options: DriverOptions & { readonly full?: true }) => {
    const session = await openSession(options, invocation);
    const reporter = reporterFor(invocation, options.json);
    await request({ session, request: options.full ? "full" : "promote", reporter, invocation });
  });
}
