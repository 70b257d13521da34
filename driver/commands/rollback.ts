import { Command } from "commander";
import { type Invocation } from "../invocation";
import { request } from "../rollout/request";
import { openSession } from "../rollout/session";
import { type DriverOptions, reporterFor, withDriverOptions } from "./rollout-options";

/** `cyan rollback`: what served before the last release serves again. */
export function rollbackCommand(invocation: Invocation): Command {
  return withDriverOptions(
    new Command("rollback").description("take the last release back, also when it was promoted"),
  ).action(async (options: DriverOptions) => {
    const session = await openSession(options, invocation);
    await request({ session, request: "rollback", reporter: reporterFor(invocation, options.json), invocation });
  });
}
