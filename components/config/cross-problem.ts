import { type Color } from "../model/color";
import { type Settings } from "../model/settings";
import { type Problem } from "../model/problems";

/** A problem between values, and the paths of those values: it is none while one of them is wrong by itself. */
export interface CrossProblem extends Problem {
  readonly reads: readonly string[];
}

/** Config with its defaults. */
export type CompletedConfig = Omit<Settings, "cluster" | "secretServices">;

/** Where a value of a color may stand: in the service, for both colors, or in the color. */
export function placesIn(service: string, color: Color, ...keys: readonly string[]): string[] {
  return keys.flatMap((key) => [`services.${service}.${key}`, `services.${service}.${color}.${key}`]);
}
