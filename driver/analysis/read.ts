import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { formatProblem } from "../../components/model/problems";
import { UserError } from "../invocation";
import { type AnalysisSpec, parseAnalysis } from "./spec";

/**
 * The analysis in a YAML or JSON file.
 *
 * @throws UserError when there is no such file, or with everything that is wrong in it.
 */
export function readAnalysis(path: string): AnalysisSpec {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${reason(error)}`);
  }
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    throw new UserError(`${path} is neither YAML nor JSON: ${reason(error)}`);
  }
  const parsed = parseAnalysis(raw);
  if ("spec" in parsed) return parsed.spec;
  const list = parsed.problems.map((problem) => `  ${formatProblem(problem)}`).join("\n");
  throw new UserError(
    `the analysis ${path} has ${parsed.problems.length === 1 ? "a problem" : `${parsed.problems.length} problems`}:\n${list}`,
  );
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}
