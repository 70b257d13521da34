import { type ClusterEvent, type ClusterEvents, type ObjectReference } from "../../components/live/events";
import { type Clock } from "../clock";
import { textOf } from "../rollout/plain-lines";
import { type RolloutEvent } from "../rollout/report";
import { type Observer } from "./observer";
import { Outbox } from "./outbox";

export interface KubernetesEventsArgs {
  readonly events: ClusterEvents;
  /** The objects that the rollout's requests go by. */
  readonly routes: () => Promise<readonly ObjectReference[]>;
  readonly rollout: string;
  /** Who drives the rollout. */
  readonly instance: string;
  readonly clock: Clock;
  readonly problem: (line: string) => void;
}

/** What Kubernetes takes of a note, in bytes, and of who reports it, in characters. */
const longest = { note: 1024, instance: 128 };

/**
 * Writes Events on the routes of a rollout, where `kubectl describe` shows them. Who may not write them is told once; that
 * they cannot be written is no failure of the rollout.
 */
export function kubernetesEvents(args: KubernetesEventsArgs): Observer {
  const { events, clock, problem } = args;
  const outbox = new Outbox(clock, problem);
  let known: Promise<readonly ObjectReference[]> | undefined;
  let refused = false;
  const write = async (event: Omit<ClusterEvent, "regarding">): Promise<void> => {
    if (refused) return;
    known ??= args.routes();
    const routes = await known.catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    const written = await Promise.all(routes.map((regarding) => events.create({ ...event, regarding })));
    refused = written.includes(false);
    if (refused)
      problem("no Kubernetes Events are written: the API server refuses them; docs/rbac/driver.yaml has the right");
  };
  return {
    tell(event) {
      const entry = entryOf(event);
      if (entry === undefined) return;
      const note = cut(`rollout ${args.rollout}: ${textOf(event) ?? ""}`, longest.note);
      const instance = args.instance.slice(0, longest.instance);
      const full = { ...entry, note, instance, at: new Date(clock.now()) };
      outbox.put(`no Kubernetes Event tells of ${event.event}`, () => write(full));
    },
    close: () => outbox.close(),
  };
}

type Entry = Pick<ClusterEvent, "type" | "reason" | "action">;

/** What Kubernetes calls an event; undefined for one that it is not told of. */
function entryOf(event: RolloutEvent): Entry | undefined {
  const entry = (reason: string, action: string, type: Entry["type"] = "Normal"): Entry => ({ type, reason, action });
  switch (event.event) {
    case "began":
      return entry("RolloutBegan", "BeginRollout");
    case "took-over":
      return entry("RolloutTakenOver", "BeginRollout");
    case "moved":
      return entry("TrafficMoved", "MoveTraffic");
    case "judged":
      return entry("StepJudged", "JudgeStep", event.verdict === "pass" ? "Normal" : "Warning");
    case "waiting":
      return entry("RolloutWaiting", "WaitForPerson");
    case "restoring":
      return entry("ReleaseTakenBack", "TakeBack", "Warning");
    case "led-back":
      return entry("RequestsLedBack", "TakeBack", "Warning");
    case "ended":
      return event.outcome === "promoted"
        ? entry("ReleasePromoted", "EndRollout")
        : entry(event.outcome === "restored" ? "ReleaseRestored" : "ReleaseStuck", "EndRollout", "Warning");
    default:
      return undefined;
  }
}

/** As much of a text as has so many bytes. */
function cut(text: string, bytes: number): string {
  const all = Buffer.from(text);
  if (all.length <= bytes) return text;
  // A character that was cut in its middle is left out.
  return `${all
    .subarray(0, bytes - 3)
    .toString()
    .replace(/\uFFFD+$/, "")}…`;
}
