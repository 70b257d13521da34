import { keysAt } from "../model/known-keys";
import { configSchema } from "./schema";

/** The keys that the config's schema has at `path`: what an unknown key may have been meant to be. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  return keysAt(configSchema, path);
}
