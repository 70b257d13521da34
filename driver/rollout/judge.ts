import { Analysis, type Look, type MetricLook } from "../analysis/analysis";
import { chooseAnalysis } from "../analysis/choose";
import { type Clock } from "../clock";
import { type Invocation, UserError } from "../invocation";
import { type Stack } from "../stack";
import { type Verdict } from "./events";
import { type RolloutPlan } from "./plan";
import { type Evidence } from "./report";
import { type Judge, type WatchArgs } from "./work";

interface JudgeArgs {
  readonly plan: RolloutPlan;
  readonly stack: Stack;
  readonly clock: Clock;
  readonly invocation: Invocation;
  /** Whether nothing has moved yet: then the sources have to answer first, and counts start from what they say. */
  readonly first: boolean;
}

/**
 * How the steps of a plan are judged.
 *
 * @throws UserError when the analysis is wrong, or a rollout would begin whose sources do not answer.
 */
export async function judgeOf({ plan, stack, clock, invocation, first }: JudgeArgs): Promise<Judge> {
  const { namespace, router, cluster } = stack.settings;
  const { env, signal } = invocation;
  const spec = await chooseAnalysis({ ...plan, router, env, first, clock, fetch, signal });
  if (spec === undefined) return unjudged(clock);
  // An ingress controller counts only what goes through it.
  const services = stack.settings.services.filter(({ route }) => plan.analysis !== undefined || route !== undefined);
  const analysis = new Analysis({
    spec,
    subject: { namespace, services: services.map(({ name }) => name), canary: plan.to, active: plan.from },
    clock,
    fetch,
    secrets: { env, credentials: stack.settings.credentials },
    cluster,
  });
  if (first) {
    const problems = await analysis.check(invocation.signal);
    const what = plan.analysis === undefined ? "the built-in analysis" : plan.analysis;
    if (problems.length > 0) throw new UserError([`${what} cannot judge:`, ...problems].join("\n  "));
    await analysis.look(invocation.signal);
  }
  return judgeBy(analysis, spec.interval.seconds, clock);
}

/** Without metrics a step passes when its time is over. */
function unjudged(clock: Clock): Judge {
  return {
    async watch({ seconds, signal }) {
      await clock.sleep(Math.min(seconds, longest) * 1000, signal);
      return { verdict: "pass", why: "nothing was judged" };
    },
  };
}

/** Timers take no more than 24 days. */
const longest = 24 * 24 * 3600;

/** What of an analysis a judge needs. */
export type Looking = Pick<Analysis, "beginStep" | "look">;

/**
 * Looks at every interval and once at the end of the step. A failure ends the step at once; anything else is what it is at
 * the end, for a release that is good now may turn bad in the time that it is to be watched for.
 */
export function judgeBy(analysis: Looking, interval: number, clock: Clock): Judge {
  let current = -1;
  return {
    async watch({ state, seconds, signal, looked }: WatchArgs) {
      // A step that is watched anew for want of evidence keeps what it has seen.
      if (state.step !== current) analysis.beginStep();
      current = state.step;
      const end = clock.now() + seconds * 1000;
      for (;;) {
        const look = await analysis.look(signal);
        const left = Math.max(0, end - clock.now()) / 1000;
        looked(look.metrics.map(evidenceOf), left);
        if (look.outcome === "fail" || left === 0) return verdictOf(look);
        await clock.sleep(Math.min(interval, left) * 1000, signal);
      }
    },
  };
}

function verdictOf({ outcome, why }: Look): { verdict: Verdict; why: string } {
  return { verdict: outcome, why };
}

function evidenceOf({ name, service, dryRun, verdict: { outcome, evidence } }: MetricLook): Evidence {
  const { text, unit, seen, canary, active, level } = evidence;
  return {
    metric: service === undefined ? name : `${name} of ${service}`,
    verdict: outcome,
    text,
    ...(dryRun && { dryRun }),
    unit,
    seen,
    ...(canary && { canary }),
    ...(active && { active }),
    ...(level !== undefined && { level }),
  };
}
