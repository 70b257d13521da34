/**
 * How often each way to judge takes a good release back, and how long and dear a bad one is before its verdict, by
 * simulation: npm run bench:analysis. Writes the tables into docs/analysis.md and the plot beside it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { methodNames } from "./methods";
import { plot } from "./plot";
import { cellsOf, type Kind, type Row, simulate } from "./simulate";
import { tables } from "./tables";

/** Releases of each cell. */
const releases = 10_000;
const docs = join(__dirname, "..", "..", "docs");

function rowsOf(kind: Kind, seed: number): Row[] {
  return cellsOf(kind).map((cell, index): Row => {
    const outcomes = simulate(cell, releases, seed + index, methodNames);
    const aborted = methodNames.map((name) => `${name} ${(100 * outcomes[name].aborted).toFixed(2)} %`).join(", ");
    process.stderr.write(`${kind} ${JSON.stringify(cell)}: ${aborted}\n`);
    return { kind, cell, outcomes };
  });
}

function main(): void {
  const began = performance.now();
  const tolerated = cellsOf("tolerated").map((cell, index) => simulate(cell, releases, 1_000 + index, ["sequential"]));
  const worst = Math.max(...tolerated.map(({ sequential }) => sequential.aborted));
  const rows = [...rowsOf("good", 2_000), ...rowsOf("worse", 3_000), ...rowsOf("doubled", 4_000)];
  const path = join(docs, "analysis.md");
  const [before = "", , after = ""] = readFileSync(path, "utf8").split(
    /(<!-- simulation -->[^]*<!-- end of simulation -->)/,
  );
  writeFileSync(
    path,
    `${before}<!-- simulation -->\n\n${tables(rows, { releases, worst })}\n<!-- end of simulation -->${after}`,
  );
  writeFileSync(join(docs, "analysis.svg"), plot(rows));
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0)} s\n`);
}

main();
