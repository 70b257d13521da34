import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The analyses that a page of the documentation shows, in its order. */
export function documentedAnalyses(page: string): unknown[] {
  const text = readFileSync(join(__dirname, "..", "..", "docs", page), "utf8");
  const blocks = text.match(/(?:^ {4}.*\n)+/gm) ?? [];
  return blocks.filter((block) => block.startsWith("    providers:")).map((block) => parse(block) as unknown);
}
