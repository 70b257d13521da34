import { UserError } from "../invocation";
import { type Stack } from "../stack";

/** Keys whose secrets are never part of an object, or are left out of what is rendered. */
const apart = ["secrets", "credentials", "gate", "rollout", "rolloutState"];

/** @throws UserError for a secret that would be written in clear. */
export function refuseSecrets({ secretKeys }: Pick<Stack, "secretKeys">): void {
  const told = secretKeys.filter((key) => !apart.includes(key));
  if (told.length === 0) return;
  const lines = told.map(
    (key) =>
      `  ${key}: holds a secret, and would be written in clear; keep what is secret in secrets.SERVICE.env or .files`,
  );
  throw new UserError(`nothing was rendered:\n${lines.join("\n")}`);
}
