import pc from "picocolors";
import { colors } from "../../components/model/color";
import { type Report } from "./report";
import { listsOf, signOf, verdicts } from "./wording";

const tints = { nothing: pc.green, allowed: pc.green, refused: pc.red, unknown: pc.yellow } as const;
const signTints = { "+": pc.green, "~": pc.yellow, "=": pc.dim } as const;

/** A plan for people. */
export function planText(report: Report): string {
  const tint = tints[report.verdict];
  const lists = listsOf(report).map(({ title, lines }) =>
    [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n"),
  );
  return [
    `stack ${report.stack}: ${tint(verdicts[report.verdict])}`,
    ...report.services.map(serviceText),
    ...(report.verdict === "nothing" ? [] : [stagesText(report)]),
    ...lists,
  ]
    .join("\n\n")
    .concat("\n");
}

function serviceText(row: Report["services"][number]): string {
  const head = `${row.service.padEnd(12)}${["now", "then", "ready", "needed"].map((title) => title.padStart(8)).join("")}`;
  const rows = colors.map((color) => {
    const { before, after, ready, needed } = row[color];
    const cells = [
      `${before} %`,
      `${after} %`,
      ready === undefined ? "-" : String(ready),
      needed === 0 ? "-" : String(needed),
    ];
    return `  ${color.padEnd(10)}${cells.map((cell) => cell.padStart(8)).join("")}`;
  });
  return [head, ...rows].join("\n");
}

function stagesText(report: Report): string {
  const width = Math.max(...report.stages.flatMap(({ writes }) => writes.map(({ object }) => object.length)));
  const rows = report.stages.flatMap((stage) => {
    const lines = stageLines(stage, report, width);
    return lines.map((line, index) => `  ${(index === 0 ? stage.kind : "").padEnd(8)}${line}`);
  });
  return ["writes, in this order:", ...rows].join("\n");
}

function stageLines(stage: Report["stages"][number], { gates }: Report, width: number): string[] {
  if (stage.kind === "drain") return [`  ${stage.seconds ?? 0}s`];
  if (stage.kind === "gate") {
    if (gates.length === 0) return ["  nothing is asked"];
    return gates.flatMap(({ gate, state, lines }) => [`  ${gate}: ${state}`, ...lines.map((line) => `    ${line}`)]);
  }
  return stage.writes.map((write) => {
    const sign = signOf(write);
    const change = sign === "~" ? `${write.from} -> ${write.to}` : write.to;
    return signTints[sign](`${sign} ${write.object.padEnd(width)}  ${change}`);
  });
}
