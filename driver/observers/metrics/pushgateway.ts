import { type PushgatewaySettings } from "../../../components/model/rollout";
import { authorization, httpArgs } from "../../authorization";
import { type HttpArgs } from "../../http";
import { resolveSecret, Secret, type SecretSources } from "../../secret";
import { type DeliverArgs } from "../deliver";

export interface Pushgateway {
  readonly headers: Readonly<Record<string, string>>;
  readonly deliver: Omit<DeliverArgs, "clock">;
}

/** How long it may take to answer, in milliseconds. */
const timeout = 5_000;

/**
 * Where and how the metrics of a stack are pushed, in the place of what was pushed before; or what is wrong, beginning with
 * the key that it is wrong of. https://github.com/prometheus/pushgateway#put-method
 */
export function pushgateway(
  { url, user, ...references }: PushgatewaySettings,
  stack: string,
  { secrets: sources, fetch }: { readonly secrets: SecretSources; readonly fetch: HttpArgs["fetch"] },
): Pushgateway | string {
  const secrets: Record<string, Secret> = {};
  for (const [key, reference] of Object.entries(references)) {
    const secret = resolveSecret(reference, sources);
    if (!(secret instanceof Secret)) return `${key}: ${secret}`;
    secrets[key] = secret;
  }
  // A stack's name may have a slash.
  const group = `job/cyan/stack@base64/${Buffer.from(stack).toString("base64url")}`;
  return {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", ...authorization(user, secrets) },
    deliver: {
      method: "PUT",
      url: new URL(`${url.replace(/\/+$/, "")}/metrics/${group}`),
      http: httpArgs({ fetch, timeout, secrets }, user),
    },
  };
}
