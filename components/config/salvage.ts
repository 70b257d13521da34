import { type z } from "zod";
import { configSchema, type RawConfig } from "./schema";

/** What of a wrong config can still be judged. */
export interface Salvaged {
  readonly config: RawConfig;
  /** Paths of the values that were left out or stand in for others: what is said of them was said already. */
  readonly broken: readonly string[];
}

const color = { image: "stand-in:0" };

/** Stand-ins for values that must be there. None makes a problem of its own. */
const required: Readonly<Record<string, unknown>> = {
  services: { "stand-in": { port: 1, ingress: false, blue: color, green: color } },
  port: 1,
  blue: color,
  green: color,
  image: color.image,
};

type Path = readonly PropertyKey[];

/**
 * Leaves out of a wrong config what the schema refuses, so that one mistake does not hide another of a kind that only
 * shows between values. Undefined when nothing is left that makes sense by itself.
 */
export function salvage(raw: unknown): Salvaged | undefined {
  const config: unknown = structuredClone(raw);
  const broken = new Set<string>();
  // Each round may uncover a value that is missing now; nothing is nested deeper than this.
  for (let round = 0; round < 8; round += 1) {
    const parsed = configSchema.safeParse(config);
    if (parsed.success) return { config: parsed.data, broken: [...broken] };
    for (const issue of parsed.error.issues) {
      for (const path of pathsOf(issue)) mend(config, path);
      if (issue.code !== "unrecognized_keys") broken.add(issue.path.map(String).join("."));
    }
  }
  return undefined;
}

function pathsOf(issue: z.core.$ZodIssue): Path[] {
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

/** Leaves out the value at `path`; one that is missing gets its stand-in, or takes what holds it along. */
function mend(config: unknown, path: Path): void {
  const key = path.at(-1);
  const holder = path.slice(0, -1).reduce<unknown>((value, each) => fields(value)?.[String(each)], config);
  const all = fields(holder);
  if (key === undefined || all === undefined) return;
  if (all[String(key)] !== undefined) Reflect.deleteProperty(all, String(key));
  else if (String(key) in required) all[String(key)] = structuredClone(required[String(key)]);
  else mend(config, path.slice(0, -1));
}

function fields(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
