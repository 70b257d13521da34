import { type Color } from "../../components/model/color";
import { type Traffic } from "../../components/model/traffic";
import { type Verdict } from "./events";
import { textOf } from "./plain-lines";
import { trafficBefore } from "./plan";
import { type Receipt } from "./receipt";
import { type Evidence, type RolloutEvent } from "./report";
import { type Cause, type Phase, type RolloutState } from "./state";

/** What a rollout is doing; the last three are its end. */
export const viewPhases = [
  "moving",
  "watching",
  "waiting",
  "paused",
  "restoring",
  "promoted",
  "restored",
  "stuck",
] as const;
export type ViewPhase = (typeof viewPhases)[number];

/** A rollout as it looks from outside, put together from what it tells. */
export interface RolloutView {
  readonly stack: string;
  readonly rollout: string;
  readonly from: Color;
  readonly to: Color;
  /** Percent of requests of each step; the flip comes after them. */
  readonly weights: readonly number[];
  readonly began: Date;
  readonly phase: ViewPhase;
  /** When the phase began. */
  readonly since: Date;
  /** When a watch or a wait is over; absent where it has no end, or none that is known. */
  readonly until?: Date | undefined;
  /** Index of the step. */
  readonly step: number;
  /** What is live as far as is known: what the rollout has moved to, and before that what was declared. */
  readonly traffic: Traffic;
  /** What an update is bringing out. */
  readonly toward?: Traffic | undefined;
  /** The last look at the metrics. */
  readonly evidence: readonly Evidence[];
  /** Of the step, or of its evidence so far. */
  readonly verdict?: Verdict | undefined;
  /** Why a release is taken back. */
  readonly cause?: Cause;
  /** The last thing besides that was told: a request, a warning, a lock. */
  readonly said?: string | undefined;
}

/** A rollout as it looks when a driver begins with it, or goes on with it. */
export function viewAtStart(
  { id, plan, step, phase }: RolloutState,
  { at, ...known }: Pick<RolloutView, "stack" | "began" | "traffic"> & { readonly at: Date },
): RolloutView {
  const { from, to, weights } = plan;
  return { ...known, rollout: id, from, to, weights, step, phase: phaseOf(phase), since: at, evidence: [] };
}

/** A rollout as it looks to another command than its driver's: from what the driver keeps. */
export function viewKept(state: RolloutState, { stack, began, transitions, ledBackIn }: Receipt): RolloutView {
  const { plan, phase } = state;
  const last = transitions.at(-1);
  const reached = ledBackIn === undefined ? transitions.findLast(({ seconds }) => seconds !== undefined) : undefined;
  const since = new Date(Date.parse(last?.began ?? began) + 1000 * (last?.seconds ?? 0));
  const at = { stack, began: new Date(began), at: since, traffic: reached?.traffic ?? trafficBefore(plan) };
  const evidence = last?.evidence ?? [];
  return {
    ...viewAtStart(state, at),
    evidence,
    verdict: last?.verdict ?? verdictSoFar(evidence),
    ...(phase.kind === "soaking" && { until: new Date(since.getTime() + 1000 * plan.interval * (phase.holds + 1)) }),
    ...(last !== undefined && last.seconds === undefined && { toward: last.traffic }),
    ...("cause" in phase && { cause: phase.cause }),
  };
}

function phaseOf(phase: Phase): ViewPhase {
  if (phase.kind === "ended") return phase.outcome;
  return phase.kind === "soaking" ? "watching" : phase.kind;
}

/** How a rollout looks after an event. */
export function viewed(view: RolloutView, event: RolloutEvent, at: Date): RolloutView {
  const kept = { ...view, toward: undefined, until: undefined, said: undefined };
  const later = (seconds: number): Date => new Date(at.getTime() + seconds * 1000);
  const enter = (phase: ViewPhase, more: Partial<RolloutView> = {}): RolloutView => ({
    ...kept,
    phase,
    since: at,
    ...more,
  });
  switch (event.event) {
    case "moving":
      return enter("moving", { step: event.step, toward: event.traffic, evidence: [], verdict: undefined });
    case "moved":
      return { ...kept, traffic: event.traffic };
    case "watching":
      return enter("watching", { until: later(event.seconds) });
    case "looked": {
      const verdict = verdictSoFar(event.evidence);
      const until = Number.isFinite(event.left) ? later(event.left) : view.until;
      return { ...view, evidence: event.evidence, ...(verdict && { verdict }), ...(until && { until }) };
    }
    case "judged":
      return { ...kept, verdict: event.verdict };
    case "waiting":
      return enter(
        event.why === "approval" ? "waiting" : "paused",
        event.seconds === undefined ? {} : { until: later(event.seconds) },
      );
    case "restoring":
      return enter("restoring", { toward: event.traffic, cause: event.cause });
    case "led-back":
    case "restored":
      return { ...kept, traffic: event.traffic };
    case "ended":
      return enter(event.outcome, { traffic: event.traffic, ...(event.cause && { cause: event.cause }) });
    case "asked":
    case "locked":
    case "warning":
      return { ...view, said: textOf(event) ?? "" };
    default:
      return view;
  }
}

/** The worst that counts; undefined when nothing was judged. */
function verdictSoFar(evidence: readonly Evidence[]): Verdict | undefined {
  const seen = evidence.filter(({ dryRun }) => dryRun !== true).map(({ verdict }) => verdict);
  return (["fail", "inconclusive", "hold", "pass"] as const).find((each) => seen.includes(each));
}
