import { Command } from "commander";
import { type Invocation } from "../invocation";
import { request } from "../rollout/request";
import { openSession } from "../rollout/session";
import { type DriverOptions, reporterFor, withDriverOptions } from "./rollout-options";

/** `cyan resume`: a paused rollout goes on; one without a driver is driven from here. */
export function resumeCommand(invocation: Invocation): Command {
  return withDriverOptions(
    new Command("resume").description("go on with a rollout that is paused, or whose driver has ended"),
  ).action(async (options: DriverOptions) => {
    const session = await openSession(options, invocation);
    await request({ session, request: "resume", reporter: reporterFor(invocation, options.json), invocation });
  });
}
