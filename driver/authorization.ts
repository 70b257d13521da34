import { type HttpArgs } from "./http";
import { Secret } from "./secret";

/** By what they are for: `token`, `password` and others. */
export type Secrets = Readonly<Record<string, Secret>>;

/** The header for a bearer token, or a user's name and password, where there is one. */
export function authorization(user: string | undefined, secrets: Secrets): Record<string, string> {
  const { token, password } = secrets;
  if (token !== undefined) return { authorization: `Bearer ${token.reveal()}` };
  if (user === undefined) return {};
  return { authorization: `Basic ${basic(user, password)}` };
}

function basic(user: string, password: Secret | undefined): string {
  return Buffer.from(`${user}:${password?.reveal() ?? ""}`).toString("base64");
}

/** How requests are made, and what they must not tell. */
export function httpArgs(
  { fetch, timeout, secrets }: Pick<HttpArgs, "fetch" | "timeout"> & { readonly secrets: Secrets },
  user?: string,
): HttpArgs {
  const both = user === undefined ? [] : [new Secret(basic(user, secrets["password"]))];
  return { fetch, timeout, secrets: [...Object.values(secrets), ...both] };
}
