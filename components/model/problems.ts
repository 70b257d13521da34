import { closest, distance } from "fastest-levenshtein";
import { type z } from "zod";

/** One thing that is wrong with the config: where, and what would be right. */
export interface Problem {
  /** Path of the value, such as `services.shop.green.image`. */
  readonly path: string;
  readonly message: string;
}

/** A problem as the user reads it. */
export function formatProblem(problem: Problem): string {
  return `${problem.path}: ${problem.message}`;
}

/** Everything that is wrong with the config of a stack, as the user reads it. */
export function listProblems(stack: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return `the config of stack ${stack} has ${count}:\n${problems.map((each) => `  ${formatProblem(each)}`).join("\n")}`;
}

/** The problems that a schema found. `known` gives the keys that the place at a path may have. */
export function problemsOf(error: z.ZodError, known: (path: readonly PropertyKey[]) => readonly string[]): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, [], known));
}

function problemsOfIssue(
  issue: z.core.$ZodIssue,
  parent: readonly PropertyKey[],
  known: (path: readonly PropertyKey[]) => readonly string[],
): Problem[] {
  const path = [...parent, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: join([...path, key]), message: unknownKey(key, known(path)) }));
  }
  // A value of a union is explained by the alternative that came furthest: the one with the deepest problem.
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const deepest = issue.errors.toSorted((one, two) => depth(two) - depth(one))[0] ?? [];
    if (depth(deepest) > 0) return deepest.flatMap((each) => problemsOfIssue(each, path, known));
  }
  return [{ path: join(path), message: issue.message }];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));
}

/** What to say of a key that nothing reads. */
function unknownKey(key: string, possible: readonly string[]): string {
  // Another kind of the same thing may have it.
  const known = possible.filter((each) => each !== key);
  const near = known.length === 0 ? undefined : closest(key, known);
  if (near !== undefined && distance(key, near) <= Math.max(2, key.length / 3))
    return `unknown key; did you mean ${near}?`;
  return `unknown key; there are ${known.join(", ")}`;
}

function join(path: readonly PropertyKey[]): string {
  return path.map(String).join(".");
}
