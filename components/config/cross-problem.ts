import { type Settings } from "../model/settings";
import { type Problem } from "../model/problems";

/** A problem between values, and the paths of those values: it is none while one of them is wrong by itself. */
export interface CrossProblem extends Problem {
  readonly reads: readonly string[];
}

/** Config with its defaults. */
export type CompletedConfig = Omit<Settings, "cluster" | "secretServices">;
