import { type NotifySettings } from "../../../components/model/rollout";
import { type Clock } from "../../clock";
import { resolveSecret, Secret, type SecretSources } from "../../secret";
import { type Observer, together } from "../observer";
import { Outbox } from "../outbox";
import { deliver } from "../deliver";
import { noticeOf, type Subject } from "./notice";
import { formats } from "./registry";
import { signingSecretProblem } from "./webhook";

export interface NotifierArgs {
  /** By name. */
  readonly targets: Readonly<Record<string, NotifySettings>>;
  readonly subject: Subject;
  readonly secrets: SecretSources;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Makes an id that no other notice has. */
  readonly newId: () => string;
  /** Told, in one line, of what cannot be sent. */
  readonly problem: (line: string) => void;
}

/** How long a server may take to answer, in milliseconds. */
const timeout = 5_000;

/** Notifies those whom the config names, each by itself: a server that does not answer holds up no other. */
export function notifier(args: NotifierArgs): Observer {
  return together(
    Object.entries(args.targets).flatMap(([name, target]) => {
      const path = `rollout.notify.${name}`;
      const resolved = resolve(target, args.secrets);
      if (typeof resolved !== "string") return [observerOf(path, target, resolved, args)];
      args.problem(`${path}.${resolved}; nothing is sent there`);
      return [];
    }),
  );
}

interface Resolved {
  readonly url: URL;
  readonly secret?: Secret;
  /** What must not be told. */
  readonly hidden: readonly Secret[];
}

/** Where to send to; or what is wrong, beginning with the key that it is wrong of. */
function resolve(target: NotifySettings, sources: SecretSources): Resolved | string {
  const url = resolveSecret(target.url, sources);
  if (!(url instanceof Secret)) return `url: ${url}`;
  const parsed = URL.canParse(url.reveal()) ? new URL(url.reveal()) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return "url: is no http or https address";
  const hidden = [url, ...partsOf(parsed)];
  if (!("secret" in target)) return { url: parsed, hidden };
  const secret = resolveSecret(target.secret, sources);
  if (!(secret instanceof Secret)) return `secret: ${secret}`;
  const wrong = signingSecretProblem(secret);
  return wrong === undefined ? { url: parsed, secret, hidden: [...hidden, secret] } : `secret: ${wrong}`;
}

/** The parts of an address that let in whoever has them; a server may repeat them when it refuses. */
function partsOf({ href, pathname, search, searchParams }: URL): Secret[] {
  const parts = [href, pathname + search, ...pathname.split("/"), ...searchParams.values()];
  return parts.filter((part) => part.length >= 8).map((part) => new Secret(part));
}

function observerOf(
  path: string,
  target: NotifySettings,
  { url, secret, hidden }: Resolved,
  args: NotifierArgs,
): Observer {
  const { subject, clock, fetch, newId, problem } = args;
  const outbox = new Outbox(clock, problem);
  const http = { fetch, timeout, secrets: hidden, name: "the server" };
  return {
    tell(event) {
      if (event.event === "looked" || !target.on.includes(event.event)) return;
      const notice = noticeOf(event, subject, newId(), new Date(clock.now()));
      if (notice === undefined) return;
      const message = () => formats[target.kind](notice, { now: new Date(clock.now()), ...(secret && { secret }) });
      outbox.put(`${path} was not told of ${event.event}`, (signal) =>
        deliver(message, { method: "POST", url, http, clock }, signal),
      );
    },
    close: () => outbox.close(),
  };
}
