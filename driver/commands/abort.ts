import { Command } from "commander";
import { type Invocation } from "../invocation";
import { request } from "../rollout/request";
import { openSession } from "../rollout/session";
import { type DriverOptions, reporterFor, withDriverOptions } from "./rollout-options";

/** `cyan abort`: the emergency. Live requests go back at once, past the engine; then config, preview and update say the same. */
export function abortCommand(invocation: Invocation): Command {
  return withDriverOptions(
    new Command("abort").description("lead live requests back to the active color at once, then declare and record it"),
  ).action(async (options: DriverOptions) => {
    const session = await openSession(options, invocation);
    await request({ session, request: "abort", reporter: reporterFor(invocation, options.json), invocation });
  });
}
