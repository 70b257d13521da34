import { colors } from "../../components/model/color";
import { type Report } from "./report";
import { listsOf, signOf, verdicts } from "./wording";

/** By which a comment on a pull request is found again, so that the next plan takes its place. */
const marker = "<!-- cyan plan -->";

/** A plan as the body of a comment on a pull request. */
export function planMarkdown(report: Report): string {
  const lists = listsOf(report).map(({ title, lines }) => {
    return `**${sentence(title)}**\n\n${lines.map((line) => `- ${escaped(line.trim())}`).join("\n")}`;
  });
  return [
    marker,
    `### Cyan plan for \`${report.stack}\`: ${verdicts[report.verdict]}`,
    trafficTable(report),
    ...lists,
    ...(report.verdict === "nothing" ? [] : [writesTable(report)]),
  ]
    .join("\n\n")
    .concat("\n");
}

function trafficTable({ services }: Report): string {
  const rows = services.flatMap((row) =>
    colors.map((color) => {
      const { before, after, ready, needed } = row[color];
      const share = before === after ? `${after} %` : `${before} % → **${after} %**`;
      return [
        row.service,
        color,
        share,
        ready === undefined ? "-" : String(ready),
        needed === 0 ? "-" : String(needed),
      ];
    }),
  );
  return table(["service", "color", "traffic", "ready", "needed"], rows);
}

function writesTable({ stages, gates }: Report): string {
  const rows = stages.flatMap((stage, index) => {
    const place = `${index + 1}. ${stage.kind}`;
    if (stage.kind === "drain") return [[place, "", `${stage.seconds ?? 0}s`]];
    if (stage.kind === "gate") {
      const asked = gates.map(({ gate, state, lines }) => [place, gate, [state, ...lines].join("; ")]);
      return asked.length === 0 ? [[place, "", "nothing is asked"]] : asked;
    }
    return stage.writes.map((write) => {
      const sign = signOf(write);
      const change = sign === "~" ? `${write.from} → ${write.to}` : write.to;
      return [place, write.object, sign === "=" ? `${change} (as declared)` : change];
    });
  });
  return `<details><summary>Writes, in their order</summary>\n\n${table(["stage", "object", "change"], rows)}\n\n</details>`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map((row) => line(row.map(escaped)))].join("\n");
}

/** What a cluster says is text: it makes no table, no markup and no mention of a person. */
function escaped(text: string): string {
  if (/^\d+ % → \*\*\d+ %\*\*$/.test(text)) return text;
  return text
    .replace(/[\\`*_[\]<>|~#]/g, "\\$&")
    .replaceAll("\n", " ")
    .replace(/@(?=\w)/g, "@\u200b");
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
