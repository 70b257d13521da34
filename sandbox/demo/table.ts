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
  const total = transitions.reduce((sum, each) => sum + each.requests, 0);
  const faults = transitions.flatMap((each) => each.faults.map((fault) => `${each.name}: ${fault}`));
  return [...aligned([head, ...rows]), "", `${total} requests, ${lost} lost`, ...faults, ""].join("\n");
}

/** Rows of as many cells each, as lines: the first column on its left edge, the others on their right ones. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widthOf = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widthOf(column)) : cell.padStart(widthOf(column))))
      .join("  "),
  );
}

/** True when every request was answered and every share is what was declared. */
export function allWell({ transitions, lost }: DemoResult): boolean {
  return lost === 0 && transitions.every((each: Measurement) => each.faults.length === 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
