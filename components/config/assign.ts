/** What is wrong with a path into the config, or with setting a value there. */
export class AssignError extends Error {
  override readonly name = "AssignError";
}

type Path = readonly [string, ...(string | number)[]];
type Container = Record<string, unknown> | unknown[];

/**
 * The values of a stack's config with one set as `pulumi config set --path` sets it: `services.shop.green.image`,
 * `services.shop.args[0]` or `services["shop"].port`. Within an object, `true`, `false` and whole numbers are taken for
 * what they say; a value at the top stays the text that it is.
 * https://github.com/pulumi/pulumi/blob/v3.246.0/sdk/go/common/resource/config/object.go
 *
 * @throws AssignError when the path cannot be read, or leads through a value that is no map or list.
 */
export function assign(values: Readonly<Record<string, unknown>>, path: string, text: string): Record<string, unknown> {
  const [key, ...rest] = parsePath(path);
  if (rest.length === 0) return { ...values, [key]: text };
  const root = structuredClone(values[key]);
  // What is no map or list at the top is written over.
  const top = isContainer(root) ? root : newContainer(rest[0]);
  setWithin(top, rest, coerce(text), path);
  return { ...values, [key]: top };
}

function setWithin(container: Container, [head, ...rest]: readonly (string | number)[], value: unknown, path: string) {
  if (head === undefined) return;
  const isList = Array.isArray(container);
  if (isList !== (typeof head === "number")) {
    throw new AssignError(`${path}: ${JSON.stringify(head)} is ${isList ? "no index of a list" : "no key of a map"}`);
  }
  if (isList && (Number(head) < 0 || Number(head) > container.length)) {
    throw new AssignError(`${path}: the list has ${container.length} values, and ${head} is past its end`);
  }
  const fields = container as Record<string | number, unknown>;
  if (rest.length === 0) {
    fields[head] = value;
    return;
  }
  const inner = fields[head] ?? newContainer(rest[0]);
  if (!isContainer(inner)) throw new AssignError(`${path}: what stands at ${JSON.stringify(head)} is no map or list`);
  fields[head] = inner;
  setWithin(inner, rest, value, path);
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function newContainer(accessor: string | number | undefined): Container {
  return typeof accessor === "number" ? Array.from({ length: accessor + 1 }, () => null) : {};
}

function coerce(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  // `0123` is no number but a text, such as a version.
  if (!/^[+-]?\d+$/.test(text) || /^0\d/.test(text)) return text;
  const value = BigInt(text.replace(/^\+/, ""));
  return value >= -(2n ** 63n) && value < 2n ** 64n ? Number(value) : text;
}

/** Names parted by dots, and indices or quoted names in brackets. */
function parsePath(path: string): Path {
  const token = /(?:^|(?<=.)\.)(?<name>[^.[]+)|\[(?:"(?<quoted>(?:\\"|[^"])*)"|(?<index>-?\d+))\]/y;
  const elements: (string | number)[] = [];
  while (token.lastIndex < path.length) {
    const { lastIndex } = token;
    const groups = token.exec(path)?.groups;
    if (groups === undefined)
      throw new AssignError(`${path}: ${JSON.stringify(path.slice(lastIndex))} is no part of a path`);
    const { name, quoted, index } = groups;
    elements.push(index !== undefined ? Number(index) : (name ?? (quoted ?? "").replaceAll('\\"', '"')));
  }
  const [first, ...rest] = elements;
  if (typeof first !== "string" || first === "")
    throw new AssignError(`"${path}" does not begin with the name of a key`);
  return [first, ...rest];
}
