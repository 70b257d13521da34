import { type Answer, tally, type Tally } from "./load/answer";
import { contains, type Interval, wilson99 } from "./statistics";

/** One transition of the demo: what is declared, and what has to be seen then. */
export interface Scenario {
  readonly name: string;
  readonly config: Readonly<Record<string, string | undefined>>;
  /** The share of green, in percent, that live requests have to show when it is done. */
  readonly green: number;
  /** True when the update has to fail, and to move nothing. */
  readonly refused?: boolean;
}

const neverReady = "services.shop.green.env.READY_AFTER";

/** What the demo shows, in order. Config paths are those of `pulumi config set --path`. */
export const scenarios: readonly Scenario[] = [
  { name: "canary 5 %", config: { canaryWeight: "5" }, green: 5 },
  { name: "canary 20 %", config: { canaryWeight: "20" }, green: 20 },
  { name: "canary 50 %", config: { canaryWeight: "50" }, green: 50 },
  { name: "flip to green", config: { activeColor: "green", canaryWeight: "0" }, green: 100 },
  { name: "roll back to blue", config: { activeColor: "blue" }, green: 0 },
  {
    name: "flip to a green that never becomes ready",
    config: { activeColor: "green", [neverReady]: "never" },
    green: 0,
    refused: true,
  },
  { name: "declare blue again", config: { activeColor: "blue", [neverReady]: undefined }, green: 0 },
];

/** What was measured during one transition. */
export interface Measurement {
  readonly name: string;
  /** How long the `pulumi up` took. */
  readonly seconds: number;
  /** Requests from its start to the end of its window, and how many were lost. */
  readonly requests: number;
  readonly lost: number;
  readonly losses: Readonly<Record<string, number>>;
  /** Share of each color in the settled window, from 0 to 1. */
  readonly share: { readonly blue: number; readonly green: number };
  /** The 99 % interval of green's share. */
  readonly interval: Interval;
  /** The share of green that was declared, from 0 to 1. */
  readonly declared: number;
  /** Requests in the settled window. */
  readonly window: number;
  readonly refused: boolean;
  /** What is not as it has to be; empty when all is well. */
  readonly faults: readonly string[];
}

/**
 * Judges one transition.
 *
 * @param all the answers from its start on; @param window those after it had settled.
 */
export function measure(
  scenario: Scenario,
  run: { readonly seconds: number; readonly ok: boolean },
  all: readonly Answer[],
  window: readonly Answer[],
): Measurement {
  const whole = tally(all);
  const settled = tally(window);
  const answered = settled.requests - settled.lost;
  const green = settled.colors["green"] ?? 0;
  const interval = wilson99(green, answered);
  const declared = scenario.green / 100;
  const refused = !run.ok;
  return {
    name: scenario.name,
    seconds: run.seconds,
    requests: whole.requests,
    lost: whole.lost,
    losses: whole.losses,
    share: { blue: ratio(settled.colors["blue"] ?? 0, answered), green: ratio(green, answered) },
    interval,
    declared,
    window: settled.requests,
    refused,
    faults: [
      ...lossFaults(whole),
      ...shareFaults(declared, green, answered, interval),
      ...refusalFaults(scenario, refused),
    ],
  };
}

function lossFaults({ lost, losses }: Tally): string[] {
  if (lost === 0) return [];
  return [`${lost} requests lost: ${lossText(losses)}`];
}

/** Lost requests by what became of them. */
export function lossText(losses: Tally["losses"]): string {
  const kinds = Object.entries(losses).map(([why, count]) => `${count} × ${why}`);
  return kinds.join(", ");
}

/** A color that is declared to get everything, or nothing, gets exactly that; a share between them lies in its interval. */
function shareFaults(declared: number, green: number, answered: number, interval: Interval): string[] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  if (answered === 0) return ["no answer in the window"];
  if (declared === 0 || declared === 1) {
    return green === declared * answered
      ? []
      : [`green got ${green} of ${answered}, declared were ${percent(declared)}`];
  }
  return contains(interval, declared)
    ? []
    : [
        `green got ${percent(green / answered)}, ${percent(interval.low)} to ${percent(interval.high)}, declared were ${percent(declared)}`,
      ];
}

function refusalFaults(scenario: Scenario, refused: boolean): string[] {
  const expected = scenario.refused === true;
  if (expected === refused) return [];
  return [refused ? "pulumi up failed" : "pulumi up was to be refused, and was not"];
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
