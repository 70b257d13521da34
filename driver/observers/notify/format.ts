import { type Secret } from "../../secret";
import { type Notice } from "./notice";

/** The body of a request, and the headers that belong to it. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a message is made with besides its notice. */
export interface FormatArgs {
  /** When this try is made. */
  readonly now: Date;
  /** Signs it; absent for a kind that signs nothing. */
  readonly secret?: Secret;
}

/** How a kind of receiver is written to. One file each, and a line in registry.ts. */
export type Format = (notice: Notice, args: FormatArgs) => Message;

export function jsonMessage(content: unknown): Message {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(content) };
}
