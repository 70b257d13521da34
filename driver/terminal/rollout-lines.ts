import { type createColors } from "picocolors";
import { colors } from "../../components/model/color";
import { percent, shareOf } from "../../components/model/traffic";
import { type Verdict } from "../rollout/events";
import { type Estimate, type Evidence } from "../rollout/report";
import { type RolloutView, type ViewPhase } from "../rollout/view";
import { sharesText } from "../rollout/work";

type Paint = ReturnType<typeof createColors>;

export interface LinesArgs {
  readonly now: Date;
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
}

/** Below this many columns there is no room for bars. */
const narrow = 50;
const longestBar = 40;

/** A rollout as lines of a terminal: weights by color, the step, the time left, the metrics with their bounds, the verdict. */
export function rolloutLines(view: RolloutView, args: LinesArgs): string[] {
  const { paint, now } = args;
  const { rollout, stack, from, to, began, said } = view;
  return [
    `${paint.bold(`${from} to ${to}`)}, stack ${stack}, rollout ${rollout}, ${durationText(now.getTime() - began.getTime())}`,
    ...colors.map((color) => shareLine(color, view, args)),
    stepLine(view, args),
    ...metricLines(view.evidence, paint),
    ...(said === undefined ? [] : [paint.yellow(`  ${said.split("\n")[0] ?? ""}`)]),
  ];
}

function shareLine(color: (typeof colors)[number], { traffic }: RolloutView, { width, paint }: LinesArgs): string {
  const share = shareOf(traffic, color);
  const text = `${percent(share)} %`.padStart(7);
  if (width < narrow) return `  ${color.padEnd(6)}${text}`;
  const length = Math.min(longestBar, width - 20);
  const full = Math.round((length * share) / 100);
  const tint = color === "blue" ? paint.blue : paint.green;
  return `  ${color.padEnd(6)}${text}  ${tint("█".repeat(full))}${paint.dim("░".repeat(length - full))}`;
}

const phaseWords: Readonly<Record<ViewPhase, string>> = {
  moving: "moving",
  watching: "watching",
  waiting: "waiting for approval",
  paused: "paused",
  restoring: "taking the release back",
  promoted: "promoted",
  restored: "taken back",
  stuck: "could NOT be taken back",
};

function stepLine(
  { step, weights, phase, since, until, toward, verdict, cause }: RolloutView,
  args: LinesArgs,
): string {
  const { now, paint } = args;
  const time =
    until === undefined
      ? `for ${durationText(now.getTime() - since.getTime())}`
      : `${durationText(until.getTime() - now.getTime())} left`;
  const doing = toward === undefined ? phaseWords[phase] : `${phaseWords[phase]}, to ${sharesText(toward)}`;
  const why = cause === undefined ? "" : `: ${cause.why.split("\n")[0] ?? ""}`;
  const judged = verdict === undefined ? "" : `; verdict so far ${paintVerdict(verdict, paint)}`;
  return `  step ${step + 1} of ${weights.length + 1}, ${doing}${why}, ${time}${judged}`;
}

function metricLines(evidence: readonly Evidence[], paint: Paint): string[] {
  const wide = Math.max(0, ...evidence.map(({ metric }) => metric.length));
  return evidence.map(({ metric, verdict, dryRun, ...found }) => {
    const counts = dryRun ? ", does not count" : "";
    return `  ${metric.padEnd(wide)}  ${paintVerdict(verdict, paint)}${counts}  ${measured(found)}`;
  });
}

/** The canary against the active color, with the bounds of both; in words where nothing was estimated. */
function measured({
  canary,
  active,
  unit,
  seen,
  text,
}: Pick<Evidence, "canary" | "active" | "unit" | "seen" | "text">) {
  if (canary === undefined) return text;
  const against = active === undefined ? "" : ` against ${estimateText(active, unit)}`;
  return `${estimateText(canary, unit)}${against}, of ${seen.canary} and ${seen.active}`;
}

function estimateText({ value, low, high }: Estimate, unit: Evidence["unit"]): string {
  const scale = { ratio: 100, seconds: 1000, none: 1 }[unit];
  const name = { ratio: " %", seconds: " ms", none: "" }[unit];
  const number = (each: number): string => String(Number((scale * each).toPrecision(3)));
  return `${number(value)}${name} [${number(low)}, ${number(high)}]`;
}

function paintVerdict(verdict: Verdict, paint: Paint): string {
  const paints = { pass: paint.green, fail: paint.red, hold: paint.yellow, inconclusive: paint.yellow };
  return paints[verdict](verdict);
}

/** A time in words, to the second while it is short. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
