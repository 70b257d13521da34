import { Command } from "commander";
import { resumeChoices } from "../../components/model/rollout";
import { systemClock } from "../clock";
import { type Invocation, UserError } from "../invocation";
import { viewOf } from "../rollout/lease";
import { begin, next } from "../rollout/next";
import { type RolloutPlan } from "../rollout/plan";
import { choice, planRollout, type RolloutOptions, settingsBefore } from "../rollout/plan-rollout";
import { type Decide, run } from "../rollout/run";
import { openSession, type Session } from "../rollout/session";
import { began, checkSameRelease, rolloutId, tookOver } from "../rollout/start";
import { firstState, type RolloutState } from "../rollout/state";
import { planWaves, type WavesOptions } from "../waves/plan";
import { runWaves } from "../waves/run";
import { type DriverOptions, reporterFor, wavesReporter, withDriverOptions } from "./rollout-options";

type Options = DriverOptions & RolloutOptions & WavesOptions & { readonly onResume?: string };

/** `cyan rollout`: takes a release from its first share to all requests, or takes it back. */
export function rolloutCommand(invocation: Invocation): Command {
  return withDriverOptions(
    new Command("rollout")
      .description("move requests to the idle color step by step, judge each step, and promote or take back")
      .option("--to <color>", "the color that is released; the idle one")
      .option("--image <service=ref...>", "give the released color this image first")
      .option("--steps <weights>", "percent of requests of each step, such as 5,20,50")
      .option("--interval <duration>", "how long each step is watched, such as 1m")
      .option("--analysis <file>", "how the release is judged; none for not at all")
      .option("--auto-promote", "flip when all steps have passed")
      .option("--approve", "have a person approve the flip, with cyan promote")
      .option("--idle-timeout <duration>", "how long a person is waited for")
      .option("--on-idle-timeout <what>", "wait, or abort: what to do when nobody answered")
      .option("--on-resume <what>", "continue or rollback: what to do with a rollout whose driver died")
      .option(
        "--stacks <names>",
        "release these stacks one after the other, such as eu,us,ap; takes all back when one fails",
      )
      .option("--concurrency <stacks>", "with --stacks: how many at the same time; 1")
      .option("--soak <duration>", "with --stacks: how long to wait before the next, such as 10m"),
  ).action(async (options: Options) => {
    const onResume = choice("--on-resume", options.onResume, resumeChoices);
    const waves = planWaves(options);
    if (waves !== undefined) {
      await runWaves({ plan: waves, options, onResume, report: wavesReporter(invocation, options.json), invocation });
      return;
    }
    const session = await openSession(options, invocation);
    const begun = await unfinished(session);
    const { settings } = session.stack;
    const plan = planRollout(options, settingsBefore(settings, begun));
    const decide = beginOrGoOn({ plan, begun, onResume: onResume ?? settings.rollout.onResume });
    await run({ session, decide, reporter: reporterFor(invocation, options.json), invocation });
  });
}

interface Asked {
  readonly plan: RolloutPlan;
  /** The rollout that was not finished when the command was run: the plan is of the same. */
  readonly begun: RolloutState | undefined;
  readonly onResume: "continue" | "rollback";
}

/** A new rollout, or the one that is not finished; none where that has come to its end since the command was run. */
export function beginOrGoOn({ plan, begun, onResume }: Asked): Decide {
  return (kept) => {
    if (kept !== undefined && kept.phase.kind !== "ended") return resumed(kept, plan, onResume);
    if (begun === undefined) return startOf(plan);
    throw new UserError(`rollout ${begun.id} has come to its end meanwhile; run the command again for another one`);
  };
}

async function unfinished({ leases, leaseName }: Session): Promise<RolloutState | undefined> {
  const lease = await leases.read(leaseName);
  const state = lease && viewOf(lease).state;
  return state?.phase.kind === "ended" ? undefined : state;
}

/** A new rollout. */
export function startOf(plan: RolloutPlan): ReturnType<Decide> {
  return { start: begin(firstState(rolloutId(new Date(systemClock.now())), plan)), event: began(plan) };
}

/** An unfinished rollout is gone on with; one of another release is not mistaken for the one that is asked for. */
function resumed(kept: RolloutState, plan: RolloutPlan, then: "continue" | "rollback"): ReturnType<Decide> {
  checkSameRelease(kept, plan);
  return { start: next(kept, { kind: "took-over", then }), event: tookOver(kept) };
}
