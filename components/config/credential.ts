import { z } from "zod";

const name = z.string({ error: "write a name" }).min(1, "is empty");

const right = "write {env: NAME}, or {config: NAME} for one of the credentials in the config";

/** A reference to a credential, in the config or in an analysis. */
export const secretReference = z.union([z.strictObject({ env: name }), z.strictObject({ config: name })], {
  error: ({ input }) => (input === undefined ? `is missing; ${right}` : `a secret does not stand here; ${right}`),
});
