/**
 * Conditions on a result, as Argo Rollouts writes them: `result[0] >= 0.95 && len(result) == 1`.
 *
 *     any        = all ("||" all)*
 *     all        = one ("&&" one)*
 *     one        = "!" one | "(" any ")" | value operator value
 *     value      = number | "result" | "result[" index "]" | "len(result)"
 */
export type Condition = (result: readonly number[]) => boolean;

type Value = (result: readonly number[]) => number;

const operators: Readonly<Record<string, (one: number, two: number) => boolean>> = {
  "<": (one, two) => one < two,
  "<=": (one, two) => one <= two,
  ">": (one, two) => one > two,
  ">=": (one, two) => one >= two,
  "==": (one, two) => one === two,
  "!=": (one, two) => one !== two,
};

const token =
  /\s*(?:(result\s*\[\s*\d+\s*\]|len\s*\(\s*result\s*\)|result\b)|(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)|(&&|\|\||[<>=!]=|[<>!()]))/giy;

/**
 * Reads a condition.
 *
 * @throws Error that says at which place it is wrong.
 */
export function parseCondition(text: string): Condition {
  const tokens = tokensOf(text);
  let at = 0;
  const wrong = (expected: string): Error => {
    const found = tokens[at];
    return new Error(`${found === undefined ? "it ends" : `"${found}" stands`} where ${expected} has to be`);
  };
  const take = (wanted: string): boolean => {
    if (tokens[at] !== wanted) return false;
    at += 1;
    return true;
  };
  const list = (part: () => Condition, operator: string, join: "some" | "every"): Condition => {
    const parts = [part()];
    while (take(operator)) parts.push(part());
    return (result) => parts[join]((each) => each(result));
  };
  const any = (): Condition => list(() => list(one, "&&", "every"), "||", "some");
  const one = (): Condition => {
    if (take("!")) {
      const negated = one();
      return (result) => !negated(result);
    }
    if (take("(")) {
      const inner = any();
      if (!take(")")) throw wrong(")");
      return inner;
    }
    const left = value();
    const compare = operators[tokens[at] ?? ""];
    if (compare === undefined) throw wrong(`one of ${Object.keys(operators).join(" ")}`);
    at += 1;
    const right = value();
    return (result) => compare(left(result), right(result));
  };
  const value = (): Value => {
    const parsed = valueOf(tokens[at] ?? "");
    if (parsed === undefined) throw wrong("a number, result, result[0] or len(result)");
    at += 1;
    return parsed;
  };
  const condition = any();
  if (at < tokens.length) throw wrong("&&, || or the end");
  return condition;
}

function valueOf(text: string): Value | undefined {
  if (text === "result") return (result) => result[0] ?? NaN;
  if (text === "len(result)") return (result) => result.length;
  const index = /^result\[(\d+)\]$/.exec(text)?.[1];
  if (index !== undefined) return (result) => result[Number(index)] ?? NaN;
  return /^-?\d/.test(text) ? () => Number(text) : undefined;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim() !== "") {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) throw new Error(`"${text.slice(at).trim()}" is not understood`);
    tokens.push((match[1] ?? match[2] ?? match[3] ?? "").replace(/\s+/g, ""));
    at = token.lastIndex;
  }
  return tokens;
}
