import { colors } from "../../components/model/color";
import { shareOf } from "../../components/model/traffic";
import { wilson99 } from "../../sandbox/demo/statistics";
import { type Receipt, type TransitionReceipt } from "./receipt";

/** A receipt for a pull request. */
export function markdownOf(receipt: Receipt): string {
  const {
    rollout,
    stack,
    from,
    to,
    by,
    commit,
    began,
    ended,
    outcome,
    cause,
    images,
    ledBackIn,
    warnings = [],
  } = receipt;
  const results = { promoted: "promoted", restored: "taken back", stuck: "could not be taken back" };
  const facts = [
    `- ${from} to ${to}, stack ${stack}, by ${by}${commit === undefined ? "" : ` at ${commit.slice(0, 12)}`}`,
    `- from ${began}${ended === undefined ? "" : ` to ${ended}`}`,
    ...images.map(({ service, image, before }) => `- ${service}: ${image}, before ${before}`),
    ...(cause === undefined ? [] : [`- ${cause.kind}: ${cause.why}`]),
    ...(ledBackIn === undefined ? [] : [`- live requests were led back ${ledBackIn} ms after the decision`]),
    ...warnings.map((warning) => `- warning: ${warning.replaceAll("\n", " ")}`),
  ];
  const head = ["blue", "green", "update", `seen of ${to}`, "verdict", "evidence"];
  const rows = receipt.transitions.map((transition, index) => {
    const seen = seenOf(transition, receipt.transitions.slice(0, index));
    return `| ${cells(transition, seen).join(" | ")} |`;
  });
  return [
    `### Rollout ${rollout}: ${outcome === undefined ? "not finished" : results[outcome]}`,
    "",
    ...facts,
    "",
    `| ${head.join(" | ")} |`,
    `| ${head.map(() => "---").join(" | ")} |`,
    ...rows,
    "",
  ].join("\n");
}

/** The requests of one transition that its metrics counted: how many of them the released color got, with the 99 % interval. */
function seenOf(transition: TransitionReceipt, earlier: readonly TransitionReceipt[]): string {
  const counted = (each: TransitionReceipt) => each.evidence?.find(({ unit }) => unit === "ratio")?.seen;
  const now = counted(transition);
  if (now === undefined) return "";
  // Counts go on from step to step.
  const before = earlier.findLast((each) => counted(each) !== undefined);
  const past = (before && counted(before)) ?? { canary: 0, active: 0 };
  const canary = now.canary - past.canary;
  const all = canary + now.active - past.active;
  const { low, high } = wilson99(canary, all);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return `${canary} of ${all}, ${percent(low)} to ${percent(high)}`;
}

function cells({ traffic, seconds, verdict, why, evidence = [] }: TransitionReceipt, seen: string): string[] {
  return [
    ...colors.map((color) => `${shareOf(traffic, color)} %`),
    seconds === undefined ? "" : `${seconds.toFixed(1)} s`,
    seen,
    verdict ?? "",
    [...(why === undefined ? [] : [why]), ...evidence.map(({ metric, text }) => `${metric}: ${text}`)]
      .join("; ")
      .replaceAll("|", "\\|"),
  ];
}
