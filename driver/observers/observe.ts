import { randomUUID } from "node:crypto";
import { systemClock } from "../clock";
import { type Invocation } from "../invocation";
import { nameOf } from "../rollout/holder";
import { type Receipt } from "../rollout/receipt";
import { type Session } from "../rollout/session";
import { notifier } from "./notify/notifier";
import { type Subject } from "./notify/notice";
import { kubernetesEvents } from "./kubernetes-events";
import { type Observer, together } from "./observer";

interface ObserveArgs {
  readonly session: Session;
  /** Of the rollout, as it begins or is gone on with. */
  readonly receipt: Receipt;
  readonly invocation: Invocation;
  /** Told, in one line, of what an observer could not do. */
  readonly problem: (line: string) => void;
}

/** Everyone who is told of a rollout besides whoever runs the command. */
export function observersOf(args: ObserveArgs): Observer {
  return together([notified(args), onRoutes(args)]);
}

function notified({ session, receipt, invocation, problem }: ObserveArgs): Observer {
  const { credentials, rollout: settings } = session.stack.settings;
  const { stack, rollout, from, to, by } = receipt;
  const subject: Subject = { stack, rollout, from, to, by };
  return notifier({
    targets: settings.notify,
    subject,
    secrets: { env: invocation.env, credentials },
    fetch,
    clock: systemClock,
    newId: randomUUID,
    problem,
  });
}

function onRoutes({ session: { events, routes, holder }, receipt: { rollout }, problem }: ObserveArgs): Observer {
  return kubernetesEvents({ events, routes, rollout, instance: nameOf(holder.identity), clock: systemClock, problem });
}
