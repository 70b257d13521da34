import { colors } from "../../components/model/color";
import { shareOf } from "../../components/model/traffic";
import { type Receipt, type TransitionReceipt } from "./receipt";

/** A receipt for a pull request. */
export function markdownOf(receipt: Receipt): string {
  const { rollout, stack, from, to, by, commit, began, ended, outcome, cause, images, ledBackIn } = receipt;
  const results = { promoted: "promoted", restored: "taken back", stuck: "could not be taken back" };
  const facts = [
    `- ${from} to ${to}, stack ${stack}, by ${by}${commit === undefined ? "" : ` at ${commit.slice(0, 12)}`}`,
    `- from ${began}${ended === undefined ? "" : ` to ${ended}`}`,
    ...images.map(({ service, image, before }) => `- ${service}: ${image}, before ${before}`),
    ...(cause === undefined ? [] : [`- ${cause.kind}: ${cause.why}`]),
    ...(ledBackIn === undefined ? [] : [`- live requests were led back ${ledBackIn} ms after the decision`]),
  ];
  const head = ["blue", "green", "update", "verdict", "evidence"];
  const rows = receipt.transitions.map((transition) => `| ${cells(transition).join(" | ")} |`);
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

function cells({ traffic, seconds, verdict, why, evidence = [] }: TransitionReceipt): string[] {
  return [
    ...colors.map((color) => `${shareOf(traffic, color)} %`),
    seconds === undefined ? "" : `${seconds.toFixed(1)} s`,
    verdict ?? "",
    [...(why === undefined ? [] : [why]), ...evidence.map(({ metric, text }) => `${metric}: ${text}`)]
      .join("; ")
      .replaceAll("|", "\\|"),
  ];
}
