/** What `{{name}}` in a query stands for. */
export interface Variables {
  readonly service: string;
  readonly color: string;
  /** Name of the color's Deployment and Service. */
  readonly environment: string;
  /** The same of the other color. */
  readonly otherEnvironment: string;
  readonly namespace: string;
  /** Length of the window, such as `60s`. */
  readonly window: string;
}

const names = [
  "service",
  "color",
  "environment",
  "otherEnvironment",
  "namespace",
  "window",
] as const satisfies readonly (keyof Variables)[];
const variable = /\{\{\s*(\w+)\s*\}\}/g;

/** A query with its variables filled in, wherever in it they stand. */
export function fillIn(query: unknown, values: Variables): unknown {
  return mapTexts(query, (text) =>
    text.replace(variable, (whole, name: string) => (isName(name) ? values[name] : whole)),
  );
}

/** True when a query differs from service to service. */
export function isPerService(query: unknown): boolean {
  return variablesOf(query).some((name) => ["service", "environment", "otherEnvironment"].includes(name));
}

/** What is wrong with the variables of a query. */
export function unknownVariables(query: unknown): string[] {
  const unknown = variablesOf(query).filter((name) => !isName(name));
  return [...new Set(unknown)].map((name) => `has no variable {{${name}}}; there are ${names.join(", ")}`);
}

function variablesOf(query: unknown): string[] {
  const found: string[] = [];
  mapTexts(query, (text) => {
    found.push(...[...text.matchAll(variable)].map(([, name = ""]) => name));
    return text;
  });
  return found;
}

function isName(name: string): name is keyof Variables {
  return names.some((each) => each === name);
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [map(key), mapTexts(each, map)]));
}
