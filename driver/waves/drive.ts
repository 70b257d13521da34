import { type Clock } from "../clock";
import { Inbox } from "../rollout/inbox";
import { nextWaves } from "./next";
import { type WavesReporter } from "./report";
import { type WavesEffect, type WavesInput, type WavesNext, type WavesState } from "./state";

/** What the effects are done with. A promise rejects only when the signal fires. */
export interface WavesTools {
  readonly clock: Clock;
  readonly report: WavesReporter["waves"];
  /** Releases a stack, or goes on with its rollout. */
  roll(stack: string): Promise<WavesInput>;
  /** Has the rollout that `roll` drives take its release back. */
  abort(stack: string, state: WavesState): Promise<void>;
  /** Takes a release back that has ended, or that nobody drives. Why is kept before that, as it is by `abort`. */
  takeBack(stack: string, state: WavesState): Promise<WavesInput>;
  /** Why a stack that was promoted is so no longer; undefined when it is. */
  left(stack: string): Promise<string | undefined>;
}

/**
 * Drives the waves to their end.
 *
 * @throws the signal's reason when it fires: every stack stays where it is.
 */
export async function driveWaves(start: WavesNext, tools: WavesTools, signal: AbortSignal): Promise<WavesState> {
  const inbox = new Inbox<WavesInput>();
  const broken = new AbortController();
  const over = AbortSignal.any([signal, broken.signal]);
  const running = new Set<Promise<void>>();
  let { state, effects } = start;
  let before: WavesState | undefined;
  try {
    for (;;) {
      announce(before, { state, effects }, tools);
      for (const effect of effects) {
        const done = work(effect, state, tools, over)
          .then((input) => {
            if (input !== undefined) inbox.put(input);
          })
          .catch((error: unknown) => {
            broken.abort(error);
          })
          .finally(() => running.delete(done));
        running.add(done);
      }
      if (state.phase === "ended") break;
      before = state;
      ({ state, effects } = nextWaves(state, await inbox.take(over)));
    }
  } catch (error) {
    if (signal.aborted) {
      const { standings, failure } = state;
      tools.report({ event: "waves-interrupted", standings, ...(failure && { failure }) });
    }
    throw error;
  } finally {
    await Promise.all(running);
  }
  const { standings, failure } = state;
  tools.report({ event: "waves-ended", standings, ...(failure && { failure }) });
  return state;
}

function announce(before: WavesState | undefined, { state, effects }: WavesNext, { report }: WavesTools): void {
  const stacks = (...kinds: readonly WavesEffect["kind"][]): string[] =>
    effects.flatMap((effect) => ("stack" in effect && kinds.includes(effect.kind) ? [effect.stack] : []));
  const [soak] = effects.filter((effect) => effect.kind === "soak");
  if (soak !== undefined && soak.seconds > 0) report({ event: "wave-soaking", seconds: soak.seconds });
  if (stacks("roll").length > 0) report({ event: "wave", stacks: stacks("roll") });
  const { failure } = state;
  if (failure === undefined || before?.failure !== undefined) return;
  report({ event: "wave-failed", failure, stacks: stacks("abort", "take-back") });
}

async function work(
  effect: WavesEffect,
  state: WavesState,
  tools: WavesTools,
  signal: AbortSignal,
): Promise<WavesInput | undefined> {
  switch (effect.kind) {
    case "roll":
      return tools.roll(effect.stack);
    case "abort":
      await tools.abort(effect.stack, state);
      return undefined;
    case "take-back":
      return tools.takeBack(effect.stack, state);
    case "soak":
      if (effect.seconds > 0) await tools.clock.sleep(effect.seconds * 1000, signal);
      return soaked(state, tools);
  }
}

/** What was promoted may have been taken back by a person meanwhile: then the next wave is not begun. */
async function soaked({ standings }: WavesState, tools: WavesTools): Promise<WavesInput> {
  for (const [stack, standing] of Object.entries(standings)) {
    if (standing !== "promoted") continue;
    const why = await tools.left(stack);
    if (why !== undefined) return { kind: "left", stack, why };
  }
  return { kind: "soaked" };
}
