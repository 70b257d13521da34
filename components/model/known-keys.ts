import { z } from "zod";

/** The keys that a schema has at `path`: what an unknown key may have been meant to be. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  return [...new Set(objectsAt(schema, path).flatMap((each) => Object.keys(each.shape)))];
}

function objectsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.ZodObject[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return objectsAt(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => objectsAt(option, path));
  if (schema instanceof z.ZodPipe) return objectsAt(schema.in, path);
  const [key, ...rest] = path;
  if (schema instanceof z.ZodRecord) return key === undefined ? [] : objectsAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return key === undefined ? [] : objectsAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  if (key === undefined) return [schema];
  const next = (schema.shape as Record<string, z.core.$ZodType>)[String(key)];
  return next === undefined ? [] : objectsAt(next, rest);
}
