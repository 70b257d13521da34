import { z } from "zod";
import { parseDuration } from "../model/duration";

/** Kinds of values that several keys of the config have. */

export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: ({ input }) => `is ${quoted(input)}; choose one of ${values.join(", ")}` });

/** A number as YAML has it, or as `pulumi config set` stores it: in digits. */
export const integer = (low: number, high: number) =>
  z.unknown().transform((input, context) => {
    const value = typeof input === "string" && /^-?\d+$/.test(input) ? Number(input) : input;
    if (typeof value === "number" && Number.isInteger(value) && value >= low && value <= high) return value;
    const is = input === undefined ? "is missing" : `is ${quoted(input)}`;
    context.addIssue({ code: "custom", message: `${is}; write an integer from ${low} to ${high}` });
    return z.NEVER;
  });

export const text = z
  .string({ error: ({ input }) => (input === undefined ? "is missing" : `is ${quoted(input)}; write a text`) })
  .min(1, "is empty");

export const duration = z
  .union([z.string(), z.number()], { error: "write a duration such as 30s or 5m" })
  .transform((value, context) => {
    const parsed = parseDuration(String(value));
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: "custom", message: `is ${quoted(value)}; write a duration such as 30s, 5m or 1h` });
    return z.NEVER;
  });

/** A time in which something has to happen. Kubernetes reads a period or timeout of 0 as its own default. */
export const lasting = duration.refine(
  ({ seconds }) => seconds > 0,
  "is no time at all; write a duration such as 1s or 5m",
);

/** True or false as YAML has them, or as `pulumi config set` stores them. */
export const flag = z
  .union([z.boolean(), z.literal(["true", "false"])], {
    error: ({ input }) => `is ${quoted(input)}; write true or false`,
  })
  .transform((value) => value === true || value === "true");

export function quoted(input: unknown): string {
  return typeof input === "string" ? `"${input}"` : JSON.stringify(input);
}
