import { Secret } from "../../secret";
import { type HttpArgs } from "../../http";
import { type ProviderArgs } from "./provider";

/** The header for a bearer token, or a user's name and password, where there is one. */
export function authorization(user: string | undefined, secrets: ProviderArgs["secrets"]): Record<string, string> {
  const { token, password } = secrets;
  if (token !== undefined) return { authorization: `Bearer ${token.reveal()}` };
  if (user === undefined) return {};
  return { authorization: `Basic ${basic(user, password)}` };
}

function basic(user: string, password: Secret | undefined): string {
  return Buffer.from(`${user}:${password?.reveal() ?? ""}`).toString("base64");
}

/** How a provider's requests are made, and what they must not tell. */
export function httpArgs(args: ProviderArgs, user?: string): HttpArgs {
  const both = user === undefined ? [] : [new Secret(basic(user, args.secrets["password"]))];
  return { fetch: args.fetch, timeout: args.timeout, secrets: [...Object.values(args.secrets), ...both] };
}
