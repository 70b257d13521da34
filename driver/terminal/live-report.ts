import { type createColors } from "picocolors";
import { type Clock } from "../clock";
import { type Observer } from "../observers/observer";
import { textOf } from "../rollout/plain-lines";
import { type RolloutEvent } from "../rollout/report";
import { type RolloutView, viewed } from "../rollout/view";
import { rolloutLines } from "./rollout-lines";
import { Screen, type Terminal } from "./screen";

/** A terminal that tells when its size changes. */
export interface LiveTerminal extends Terminal {
  on(event: "resize", changed: () => void): unknown;
  off(event: "resize", changed: () => void): unknown;
}

interface LiveReportArgs {
  readonly view: RolloutView;
  readonly terminal: LiveTerminal;
  readonly clock: Clock;
  readonly paint: ReturnType<typeof createColors>;
}

/** Shows a rollout at the bottom of a terminal while it runs; above it stays a line of each event. */
export function liveReport({ view: first, terminal, clock, paint }: LiveReportArgs): Observer {
  let view = first;
  const screen = new Screen(terminal);
  const over = new AbortController();
  const draw = (): void => {
    if (over.signal.aborted) return;
    screen.draw(rolloutLines(view, { now: new Date(clock.now()), width: screen.width, paint }));
  };
  const end = (): void => {
    over.abort();
    terminal.off("resize", draw);
    screen.erase();
  };
  terminal.on("resize", draw);
  void everySecond(draw, clock, over.signal);
  return {
    tell(event) {
      view = viewed(view, event, new Date(clock.now()));
      if (event.event === "ended") end();
      const line = lineOf(event);
      if (line !== undefined) screen.print(line);
      draw();
    },
    close() {
      end();
      return Promise.resolve();
    },
  };
}

/** What stays on the terminal of an event: nothing of what is shown below anyway. */
function lineOf(event: RolloutEvent): string | undefined {
  return event.event === "looked" || event.event === "watching" ? undefined : textOf(event);
}

async function everySecond(draw: () => void, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    draw();
    await clock.sleep(1_000, signal).catch(() => undefined);
  }
}
