import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseAnalysis } from "../../../driver/analysis/spec";

describe("the analyses in the documentation", () => {
  for (const name of ["analysis.md", "observability.md"]) {
    it(`are right in ${name}`, () => {
      const text = readFileSync(join(__dirname, "..", "..", "..", "docs", name), "utf8");
      const blocks = text.match(/(?:^ {4}.*\n)+/gm) ?? [];
      const analyses = blocks.filter((block) => block.startsWith("    providers:"));
      assert.ok(analyses.length > 0);
      for (const analysis of analyses) {
        const parsed = parseAnalysis(parse(analysis));
        assert.ok("spec" in parsed, JSON.stringify(parsed));
      }
    });
  }
});
