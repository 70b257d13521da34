import { type MethodName, methodNames, titles } from "./methods";
import { type Kind, type Row } from "./simulate";

/** The tables of the documentation, in Markdown. */
export function tables(
  rows: readonly Row[],
  { releases, worst }: { readonly releases: number; readonly worst: number },
): string {
  const of = (kind: Kind): Row[] => rows.filter((row) => row.kind === kind);
  const good = Math.max(...of("good").map(({ outcomes }) => outcomes.sequential.aborted));
  return `Each cell is ${releases.toLocaleString("en")} releases of ten minutes, one look every 10 s. The sequential test is told to take back
at most 1 % of the releases that are no worse than its tolerance. It took back at most ${percent(good)} in any cell of those that are as
good as the active color, and at most ${percent(worst)} of those that are as bad as the tolerance lets be.

Good releases that were taken back:

${table(of("good"), (outcome) => percent(outcome.aborted))}

Releases with 5 points more errors: taken back, median seconds until then, and failed requests of the canary until then (mean):

${table(of("worse"), ({ aborted, seconds, hit }) => `${percent(aborted)}, ${time(seconds)}, ${number(hit)}`)}

Releases with twice the errors, the same:

${table(of("doubled"), ({ aborted, seconds, hit }) => `${percent(aborted)}, ${time(seconds)}, ${number(hit)}`)}
`;
}

function table(rows: readonly Row[], show: (outcome: Row["outcomes"][MethodName]) => string): string {
  const head = ["errors", "requests/s", "weight", ...methodNames.map((name) => titles[name])];
  const body = rows.map(({ cell, outcomes }) => {
    return [
      percent(cell.active),
      String(cell.rate),
      String(cell.weight),
      ...methodNames.map((name) => show(outcomes[name])),
    ];
  });
  const all = [head, head.map(() => "---"), ...body];
  return all.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

function time(seconds: number): string {
  return Number.isNaN(seconds) ? "never" : `${seconds} s`;
}

function number(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}
