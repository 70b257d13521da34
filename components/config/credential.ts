import { z } from "zod";
import { type SecretReference } from "../model/credential";

const right = "write {env: NAME}, or {config: NAME} for one of the credentials in the config";

/** A reference to a credential, in the config or in an analysis. */
export const secretReference = z.custom<SecretReference>(isReference, {
  error: ({ input }) => (input === undefined ? `is missing; ${right}` : `a secret does not stand here; ${right}`),
});

function isReference(input: unknown): boolean {
  if (typeof input !== "object" || input === null) return false;
  const [[key, name] = [], ...others] = Object.entries(input);
  return (key === "env" || key === "config") && typeof name === "string" && name !== "" && others.length === 0;
}
