import { createHmac } from "node:crypto";
import { type Secret } from "../../secret";
import { type Format, jsonMessage, type Message } from "./format";
import { type Notice } from "./notice";

/** Any server, signed as Standard Webhooks has it: https://www.standardwebhooks.com */
export const webhook: Format = (notice, { now, secret }) => {
  const message = jsonMessage(payload(notice));
  return secret === undefined ? message : signed(message, notice.id, now, secret);
};

/** What happened, as `--json` has it, and whose it is. */
function payload({ at, subject, event, text }: Notice): object {
  return { type: `rollout.${event.event}`, timestamp: at.toISOString(), data: { ...subject, text, ...event } };
}

/** The time is that of the try, so that a receiver can refuse what is old; the id stays, so that it can drop what it has. */
export function signed({ headers, body }: Message, id: string, now: Date, secret: Secret): Message {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(secret.reveal().replace(prefix, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    headers: {
      ...headers,
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
    body,
  };
}

const prefix = "whsec_";

/** What is wrong with a secret that messages are to be signed with. */
export function signingSecretProblem(secret: Secret): string | undefined {
  const [, encoded = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret.reveal()) ?? [];
  const { length } = Buffer.from(encoded, "base64");
  if (length >= 24 && length <= 64) return undefined;
  return "is no secret of Standard Webhooks; make one with: echo whsec_$(openssl rand -base64 32)";
}
