import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { checkout } from "../checkout";
import { systemClock } from "../clock";
import { type Invocation } from "../invocation";
import { nameOf } from "../rollout/holder";
import { type Session } from "../rollout/session";
import { type RolloutView } from "../rollout/view";
import { metrics } from "./metrics/metrics";
import { notifier } from "./notify/notifier";
import { type Subject } from "./notify/notice";
import { kubernetesEvents } from "./kubernetes-events";
import { type Observer, together } from "./observer";

interface ObserveArgs {
  readonly session: Session;
  /** The rollout as it begins, or is gone on with. */
  readonly view: RolloutView;
  /** Who began it. */
  readonly by: string;
  readonly invocation: Invocation;
  /** Told, in one line, of what an observer could not do. */
  readonly problem: (line: string) => void;
}

/** Everyone who is told of a rollout besides whoever runs the command. */
export function observersOf(args: ObserveArgs): Observer {
  return together([notified(args), onRoutes(args), measured(args)]);
}

function notified({ session, view, by, invocation, problem }: ObserveArgs): Observer {
  const { credentials, rollout: settings } = session.stack.settings;
  const { stack, rollout, from, to } = view;
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

function onRoutes({ session: { events, routes, holder }, view: { rollout }, problem }: ObserveArgs): Observer {
  return kubernetesEvents({ events, routes, rollout, instance: nameOf(holder.identity), clock: systemClock, problem });
}

function measured({ session, view, invocation, problem }: ObserveArgs): Observer {
  const { credentials, rollout } = session.stack.settings;
  const { textfile } = rollout.metrics;
  return metrics({
    settings: { ...rollout.metrics, ...(textfile !== undefined && { textfile: resolve(checkout, textfile) }) },
    view,
    secrets: { env: invocation.env, credentials },
    fetch,
    clock: systemClock,
    pid: process.pid,
    problem,
  });
}
