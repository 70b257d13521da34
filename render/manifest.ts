import { stringify } from "yaml";

/** A Kubernetes object as a file has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** How people write an object: what it is called before what it is made of. All other keys are in the alphabet's order. */
const first = ["apiVersion", "kind", "metadata", "name", "namespace", "image", "labels", "annotations"];

/** A value whose keys are in one order, whatever order it was made in. */
export function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const place = (key: string): string => `${first.includes(key) ? first.indexOf(key) : first.length} ${key}`;
  const entries = Object.entries(value).toSorted(([one], [other]) => (place(one) < place(other) ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, ordered(each)]));
}

/** A value as YAML; what an older parser would take for something else than a text, such as `on`, is quoted. */
export function yamlOf(value: unknown): string {
  return stringify(value, { compat: "yaml-1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

/** Lines of a comment, 120 characters at most. */
export function comment(text: string): string {
  return text
    .split("\n")
    .flatMap((line) => line.match(/\S.{0,117}(?=\s|$)/g) ?? [""])
    .map((line) => `# ${line}`.trimEnd())
    .join("\n");
}
