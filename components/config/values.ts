/**
 * The values of a project's config by key, without the project's name before it. The engine keeps each as a text: objects
 * and lists as JSON, everything else as it was written.
 *
 * @param all every value of the stack, by full key such as `cyan:activeColor`.
 */
export function configValues(all: Readonly<Record<string, string>>, project: string): Record<string, unknown> {
  return Object.fromEntries(
    projectKeys(Object.keys(all), project).map((key) => [key, valueOf(all[`${project}:${key}`])]),
  );
}

/** Those of these full keys that are the project's, without its name. */
export function projectKeys(keys: readonly string[], project: string): string[] {
  return keys.filter((key) => key.startsWith(`${project}:`)).map((key) => key.slice(project.length + 1));
}

function valueOf(text = ""): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
