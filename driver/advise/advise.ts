import { capabilities } from "../../components/model/routers";
import { type RouterKind } from "../../components/model/settings";
import { type Answers } from "./answers";
import { type Steps, stepsFor } from "./evidence";
import { type RouterChoice, routerFor } from "./routers";
import { additions, type Facts, type Strategy, strategyRules } from "./rules";

/** How to release a service, and why. */
export interface Recommendation {
  readonly strategy: Strategy;
  readonly router: RouterKind;
  /** Absent where all requests move at once. */
  readonly steps?: Steps;
  readonly analysis: string;
  /** Why, one sentence for each rule that held. */
  readonly reasons: readonly string[];
  /** What no config can take care of. */
  readonly mind: readonly string[];
  /** Values of the stack's config, by path. */
  readonly config: Readonly<Record<string, string>>;
  /** Commands of a release, after the new image was given to the idle color. */
  readonly release: readonly string[];
  /** The command that takes the steps, and judges them, by itself; absent where there are none. */
  readonly rollout?: string;
}

const analyses = {
  none: "none: look at the idle color before the flip, on previewHost or through its own Service",
  basic: "errors and latency of the idle color beside those of the active one",
  own: "errors, latency and your own figures of the idle color beside those of the active one",
} as const satisfies Record<Answers["monitoring"], string>;

/** Recommends by the rules alone: the same answers give the same recommendation. */
export function advise(answers: Answers): Recommendation {
  const able = stepsFor(answers);
  const factsOn = ({ router, fits }: RouterChoice): Facts => {
    return { answers, router, fits, can: capabilities[router], ...(able && { steps: able }) };
  };
  const splitting = factsOn(routerFor(answers.front, ({ weight }) => weight));
  const rule = strategyRules.find(({ holds }) => holds(splitting));
  if (rule === undefined) throw new Error("no rule holds; the last one should");
  const { strategy, because } = rule;
  // A flip moves everyone at once only to a color that stands ready.
  const facts = strategy === "blue-green" ? factsOn(routerFor(answers.front, ({ standby }) => standby)) : splitting;
  const { router } = facts;
  const held = additions.filter(({ holds }) => holds(facts));
  const added = held.map(({ adds }) => adds(facts));
  // Chosen customers stay on their color by their cookie; a share would take the others back and forth.
  const shares = strategy !== "blue-green" && answers.monitoring !== "none" && !answers.state.includes("sessions");
  const steps = shares ? able : undefined;
  return {
    strategy,
    router,
    ...(steps && { steps }),
    analysis: analyses[answers.monitoring],
    reasons: [because, ...held.map((each) => each.because)],
    mind: added.flatMap(({ mind }) => mind ?? []),
    config: Object.assign({ router }, ...added.map(({ config }) => config)) as Record<string, string>,
    release: releaseBy(steps),
    ...(steps && { rollout: rolloutBy(steps, answers) }),
  };
}

function releaseBy(steps: Steps | undefined): string[] {
  const weights = (steps?.weights ?? []).map((weight) => `pulumi config set canaryWeight ${weight} && pulumi up`);
  const flip = "pulumi config set activeColor green && pulumi up";
  return weights.length === 0 ? [flip] : [...weights, `pulumi config set canaryWeight 0 && ${flip}`];
}

function rolloutBy({ weights, interval }: Steps, { monitoring }: Answers): string {
  const judged = monitoring === "own" ? " --analysis analysis.yaml" : "";
  return `npx cyan rollout --to green --steps ${weights.join(",")} --interval ${interval}s${judged}`;
}
