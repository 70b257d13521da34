import { type DemoResult } from "./demo";
import { type Measurement } from "./transitions";

/** The demo's result for people: a row for each transition, and below it whatever is not as it has to be. */
export function table({ transitions, lost }: DemoResult): string {
  const head = ["transition", "seconds", "requests", "lost", "blue", "green", "99 % interval of green"];
  const rows = transitions.map((each) => [
    each.name + (each.refused ? " (refused)" : ""),
    each.seconds.toFixed(1),
    String(each.requests),
    String(each.lost),
    percent(each.share.blue),
    percent(each.share.green),
    `${percent(each.interval.low)} to ${percent(each.interval.high)}`,
  ]);
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  const total = transitions.reduce((sum, each) => sum + each.requests, 0);
  const faults = transitions.flatMap((each) => each.faults.map((fault) => `${each.name}: ${fault}`));
  return [line(head), ...rows.map(line), "", `${total} requests, ${lost} lost`, ...faults, ""].join("\n");
}

/** True when every request was answered and every share is what was declared. */
export function allWell({ transitions, lost }: DemoResult): boolean {
  return lost === 0 && transitions.every((each: Measurement) => each.faults.length === 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
