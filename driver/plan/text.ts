import pc from "picocolors";
import { colors } from "../../components/model/color";
import { type Report } from "./report";
import { listsOf, signOf, verdicts } from "./wording";

const tints = { nothing: "green", allowed: "green", refused: "red", unknown: "yellow" } as const;
const signTints = { "+": "green", "~": "yellow", "=": "dim" } as const;

/** What paints words: picocolors' own choice from the terminal and the environment, unless another is given. */
type Paint = ReturnType<typeof pc.createColors>;

/** A plan for people. */
export function planText(report: Report, paint: Paint = pc): string {
  const lists = listsOf(report).map(({ title, lines }) =>
    [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n"),
  );
  return [
    `stack ${report.stack}: ${paint[tints[report.verdict]](verdicts[report.verdict])}`,
    ...report.services.map(serviceText),
    ...(report.verdict === "nothing" ? [] : [stagesText(report, paint)]),
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

function stagesText(report: Report, paint: Paint): string {
  const width = Math.max(...report.stages.flatMap(({ writes }) => writes.map(({ object }) => object.length)));
  const rows = report.stages.flatMap((stage) => {
    const lines = stageLines(stage, report, width, paint);
    return lines.map((line, index) => `  ${(index === 0 ? stage.kind : "").padEnd(8)}${line}`);
  });
  return ["writes, in this order:", ...rows].join("\n");
}

type Stage = Report["stages"][number];

function stageLines(stage: Stage, { gates }: Report, width: number, paint: Paint): string[] {
  if (stage.kind === "drain") return [`  ${stage.seconds ?? 0}s`];
  if (stage.kind === "gate") {
    if (gates.length === 0) return ["  nothing is asked"];
    return gates.flatMap(({ gate, state, lines }) => [`  ${gate}: ${state}`, ...lines.map((line) => `    ${line}`)]);
  }
  return stage.writes.map((write) => {
    const sign = signOf(write);
    const change = sign === "~" ? `${write.from} -> ${write.to}` : write.to;
    return paint[signTints[sign]](`${sign} ${write.object.padEnd(width)}  ${change}`);
  });
}
