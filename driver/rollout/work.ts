import { shareOf, type Traffic } from "../../components/model/traffic";
import { colors } from "../../components/model/color";
import { type Live, liveShares } from "../../components/model/live";
import { type Ending, type ReleaseStack } from "../automation/release-stack";
import { type Clock } from "../clock";
import { type Effect } from "./effects";
import { type RolloutInput, type Verdict } from "./events";
import { trafficAt } from "./plan";
import { type Evidence, type RolloutReporter } from "./report";
import { type RolloutState } from "./state";

/** Live traffic, past the engine. */
export interface LiveTraffic {
  read(): Promise<Live>;
  /**
   * Leads live requests there at once.
   *
   * @throws Error when a color that is to get requests has nothing ready for them, or the API server refuses.
   */
  move(traffic: Traffic): Promise<void>;
}

/** How a step is judged. */
export interface Judge {
  /** Looks on for `seconds`, or less when a failure shows before. Rejects when the signal fires. */
  watch(args: WatchArgs): Promise<Judgement>;
}

export interface WatchArgs {
  readonly state: RolloutState;
  readonly traffic: Traffic;
  /** Infinity while a person is waited for: then only a failure ends it. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly looked: (evidence: readonly Evidence[], left: number) => void;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly why: string;
}

/** What effects are done with. */
export interface Tools {
  readonly stack: ReleaseStack;
  readonly live: LiveTraffic;
  readonly judge: Judge;
  readonly clock: Clock;
  readonly report: RolloutReporter;
  /** What is kept in the stack's config of the rollout: its state and its receipt so far. */
  readonly record: (state: RolloutState) => string;
}

/** How long between two tries when another update has the stack, in milliseconds. */
const lockPause = 1_000;

/** Does one effect, and gives what came of it; undefined when it was stopped before it came to anything. */
export async function work(
  effect: Exclude<Effect, { kind: "stop" }>,
  state: RolloutState,
  tools: Tools,
  signal: AbortSignal,
): Promise<RolloutInput | undefined> {
  switch (effect.kind) {
    case "move":
      return move(effect.traffic, state, tools, signal);
    case "soak":
      return soak(effect.seconds, state, tools, signal);
    case "wait":
      return wait(effect.seconds, state, tools, signal);
    case "restore":
      return restore(effect.traffic, state, tools, signal);
  }
}

async function move(traffic: Traffic, state: RolloutState, tools: Tools, signal: AbortSignal) {
  const { clock, report } = tools;
  const { step } = state;
  report({ event: "moving", step, traffic });
  const began = clock.now();
  const ending = await bringOut(traffic, state, tools, signal);
  switch (ending.kind) {
    case "done":
      report({ event: "moved", step, traffic, seconds: (clock.now() - began) / 1000 });
      return { kind: "moved" } as const;
    case "refused":
    case "failed":
      return ending;
    default:
      return undefined;
  }
}

/** Declares, previews with the policy packs, and updates; waits for another update that has the stack. */
async function bringOut(
  traffic: Traffic,
  state: RolloutState,
  tools: Tools,
  signal: AbortSignal,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<Ending> {
  const { stack, clock, report } = tools;
  try {
    await stack.declare(declaration(traffic, state, tools));
  } catch (error) {
    return { kind: "failed", why: `the config could not be written: ${messageOf(error)}` };
  }
  const preview = await stack.preview(signal);
  if (preview.kind !== "done") return preview;
  for (let told = false; ; told = true) {
    const ending = await stack.up(updateMessage(traffic, state), signal);
    if (ending.kind !== "locked") return ending;
    if (!told) report({ event: "locked", why: ending.why });
    await meanwhile();
    const stopped = await clock.sleep(lockPause, signal).then(
      () => false,
      () => true,
    );
    if (stopped) return { kind: "stopped" };
  }
}

/** The config that says so: the traffic, the images of the release, and where the rollout is. */
function declaration(traffic: Traffic, state: RolloutState, { record }: Tools): Record<string, string> {
  const { to, images } = state.plan;
  const back = state.phase.kind === "restoring";
  return {
    activeColor: traffic.activeColor,
    canaryWeight: String(traffic.canaryWeight),
    ...Object.fromEntries(
      images.map(({ service, image, before }) => [`services.${service}.${to}.image`, back ? before : image]),
    ),
    rolloutState: record(state),
  };
}

/** What the stack's history says of an update. */
function updateMessage(traffic: Traffic, { id, plan, phase }: RolloutState): string {
  const what = phase.kind === "restoring" ? `takes ${plan.to} back, ${phase.cause.kind}` : `to ${plan.to}`;
  return `rollout ${id} ${what}: ${sharesText(traffic)}`;
}

export function sharesText(traffic: Traffic): string {
  return colors.map((color) => `${color} ${shareOf(traffic, color)} %`).join(", ");
}

async function soak(
  seconds: number,
  state: RolloutState,
  tools: Tools,
  signal: AbortSignal,
): Promise<RolloutInput | undefined> {
  tools.report({ event: "watching", step: state.step, seconds });
  const judgement = await watch(seconds, state, tools, signal);
  if (judgement === undefined) return undefined;
  tools.report({ event: "judged", step: state.step, ...judgement });
  return { kind: "judged", ...judgement };
}

/** Waits for a person, and looks on: a release that fails meanwhile is taken back. */
async function wait(
  seconds: number | undefined,
  state: RolloutState,
  tools: Tools,
  signal: AbortSignal,
): Promise<RolloutInput | undefined> {
  const { phase } = state;
  const why = phase.kind === "paused" ? phase.why : "approval";
  tools.report({ event: "waiting", why, ...(seconds !== undefined && { seconds }) });
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const late = tools.clock.sleep((seconds ?? forever) * 1000, either).then(
    (): RolloutInput => ({ kind: "timed-out" }),
    () => undefined,
  );
  const failed = watch(Infinity, state, tools, either).then(
    (judgement): RolloutInput | Promise<RolloutInput | undefined> =>
      judgement?.verdict === "fail" ? { kind: "judged", ...judgement } : late,
  );
  const first = await Promise.race([late, failed]);
  ended.abort(new Error("the wait is over"));
  return first;
}

/** Timers take no more than 24 days. */
const forever = 24 * 24 * 3600;

async function watch(
  seconds: number,
  state: RolloutState,
  { judge, report }: Tools,
  signal: AbortSignal,
): Promise<Judgement | undefined> {
  const looked = (evidence: readonly Evidence[], left: number): void => {
    report({ event: "looked", step: state.step, left, evidence });
  };
  const traffic = trafficAt(state.plan, state.step);
  try {
    return await judge.watch({ state, traffic, seconds, signal, looked });
  } catch (error) {
    if (signal.aborted) return undefined;
    return { verdict: "inconclusive", why: `the step could not be judged: ${messageOf(error)}` };
  }
}

/**
 * Takes a release back: live requests at once, past the engine; then the config, a preview and an update, which make the
 * stack say so. Taken back is what is live: an update that fails after that is a warning, and the next one mends it.
 */
async function restore(
  traffic: Traffic,
  state: RolloutState,
  tools: Tools,
  signal: AbortSignal,
): Promise<RolloutInput | undefined> {
  const { report, clock } = tools;
  const began = clock.now();
  const ending = await bringOut(traffic, state, tools, signal, () => leadBack(traffic, tools));
  if (ending.kind === "stopped") return undefined;
  const live = await liveText(traffic, tools);
  if (ending.kind === "done" && live.there) {
    report({ event: "restored", traffic, seconds: (clock.now() - began) / 1000 });
    return { kind: "restored" };
  }
  const why = ending.kind === "done" ? "the update went through" : ending.why;
  if (!live.there) return { kind: "not-restored", why: `live is ${live.text}; ${why}` };
  report({
    event: "warning",
    text: `live is ${live.text}, as declared, but the update ${ending.kind === "refused" ? "was refused" : "failed"}; run pulumi up when this is mended: ${why}`,
  });
  return { kind: "restored" };
}

/** Leads live requests back, and says so; what hinders it is a warning, for an update that does the same is to follow. */
export async function leadBack(traffic: Traffic, { live, report, clock }: Tools, since = clock.now()): Promise<void> {
  try {
    await live.move(traffic);
    report({ event: "led-back", traffic, milliseconds: clock.now() - since });
  } catch (error) {
    report({ event: "warning", text: `live requests could not be led back at once: ${messageOf(error)}` });
  }
}

async function liveText(traffic: Traffic, { live }: Tools): Promise<{ there: boolean; text: string }> {
  const now = await live.read();
  if (!now.known) return { there: false, text: `unknown (${now.why})` };
  const all = now.services.map((service) => ({ name: service.name, shares: liveShares(service) }));
  const text = all.map(({ name, shares }) => `${name}: blue ${shares.blue} %, green ${shares.green} %`).join("; ");
  return { there: all.every(({ shares }) => colors.every((color) => shares[color] === shareOf(traffic, color))), text };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
