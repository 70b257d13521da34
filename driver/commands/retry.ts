import { Command } from "commander";
import { type Invocation, UserError } from "../invocation";
import { type Decide, run } from "../rollout/run";
import { openSession } from "../rollout/session";
import { startOf } from "./rollout";
import { type DriverOptions, reporterFor, withDriverOptions } from "./rollout-options";

/** `cyan retry`: the last rollout once more, from its first step, when it was taken back. */
export function retryCommand(invocation: Invocation): Command {
  return withDriverOptions(
    new Command("retry").description("begin the last rollout once more, after it was taken back"),
  ).action(async (options: DriverOptions) => {
    const session = await openSession(options, invocation);
    const decide: Decide = (kept) => {
      if (kept?.phase.kind !== "ended") {
        const why = kept === undefined ? "there was none" : `rollout ${kept.id} is not finished`;
        throw new UserError(`no rollout to try again: ${why}`);
      }
      if (kept.phase.outcome !== "restored") {
        const remedy = kept.phase.outcome === "stuck" ? "take it back first: npx cyan abort" : "it was promoted";
        throw new UserError(`rollout ${kept.id} cannot be tried again; ${remedy}`);
      }
      return startOf(kept.plan);
    };
    await run({ session, decide, reporter: reporterFor(invocation, options.json), invocation });
  });
}
