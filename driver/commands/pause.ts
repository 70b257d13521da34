import { Command } from "commander";
import { type Invocation } from "../invocation";
import { request } from "../rollout/request";
import { openSession } from "../rollout/session";
import { type DriverOptions, reporterFor, withDriverOptions } from "./rollout-options";

/** `cyan pause`: the rollout stays at its step, and is watched on. Without a driver it stays where it is anyway. */
export function pauseCommand(invocation: Invocation): Command {
  return withDriverOptions(new Command("pause").description("keep a rollout at its step until it is resumed")).action(
    async (options: DriverOptions) => {
      const session = await openSession(options, invocation);
      await request({ session, request: "pause", reporter: reporterFor(invocation, options.json), invocation });
    },
  );
}
