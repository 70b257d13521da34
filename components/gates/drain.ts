import { type Duration } from "../model/duration";
import { type Live } from "../model/live";

/** How long it still takes, in milliseconds, until traffic has been where it is for `drain`; 0 when it has. */
export function drainLeft(live: Live, drain: Duration, now: Date): number {
  if (!live.known) return drain.seconds * 1000;
  const moved = live.services.flatMap(({ route }) => (route?.movedAt === undefined ? [] : [route.movedAt.getTime()]));
  const since = moved.length === 0 ? Infinity : now.getTime() - Math.max(...moved);
  return Math.max(0, drain.seconds * 1000 - since);
}
