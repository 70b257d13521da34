import assert from "node:assert/strict";
import { parseAnalysis } from "../../../driver/analysis/spec";
import { documentedAnalyses } from "../../support/documents";

describe("the analyses in the documentation", () => {
  for (const page of ["analysis.md", "observability.md"]) {
    it(`are right in ${page}`, () => {
      const analyses = documentedAnalyses(page);
      assert.ok(analyses.length > 0);
      for (const analysis of analyses) {
        const parsed = parseAnalysis(analysis);
        assert.ok("spec" in parsed, JSON.stringify(parsed));
      }
    });
  }
});
