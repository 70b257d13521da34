import { type MetricsSettings } from "../../../components/model/rollout";
import { type Clock } from "../../clock";
import { type RolloutView, viewed } from "../../rollout/view";
import { messageOf } from "../../rollout/work";
import { type SecretSources } from "../../secret";
import { deliver } from "../deliver";
import { type Observer, together } from "../observer";
import { Outbox } from "../outbox";
import { openMetrics } from "./open-metrics";
import { type Pushgateway, pushgateway } from "./pushgateway";
import { writeTextfile } from "./textfile";

export interface MetricsArgs {
  readonly settings: MetricsSettings;
  /** The rollout as it begins. */
  readonly view: RolloutView;
  readonly secrets: SecretSources;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly pid: number;
  readonly problem: (line: string) => void;
}

/** Keeps the metrics of a rollout where the config says. The last of them say how it ended, and stay. */
export function metrics(args: MetricsArgs): Observer {
  const { settings, clock, problem } = args;
  let { view } = args;
  const current = (): string => openMetrics(view, new Date(clock.now()));
  const keepers = together([
    ...(settings.textfile === undefined ? [] : [inFile(settings.textfile, current, args)]),
    ...(settings.pushgateway === undefined ? [] : atGateway(settings.pushgateway)),
  ]);
  function atGateway(gateway: NonNullable<MetricsSettings["pushgateway"]>): Observer[] {
    const found = pushgateway(gateway, view.stack, args);
    if (typeof found !== "string") return [pushed(found, current, args)];
    problem(`rollout.metrics.pushgateway.${found}; nothing is pushed there`);
    return [];
  }
  return {
    tell(event) {
      view = viewed(view, event, new Date(clock.now()));
      keepers.tell(event);
    },
    close: () => keepers.close(),
  };
}

/** Told once, until it goes again: a rollout looks at its metrics many times. */
function once(problem: (line: string) => void) {
  let failing = false;
  return {
    failed(line: string): void {
      if (!failing) problem(line);
      failing = true;
    },
    went(): void {
      failing = false;
    },
  };
}

function inFile(path: string, current: () => string, { pid, problem }: MetricsArgs): Observer {
  const told = once(problem);
  return {
    tell() {
      try {
        writeTextfile(path, current(), pid);
        told.went();
      } catch (error) {
        told.failed(`rollout.metrics.textfile could not be written: ${messageOf(error)}`);
      }
    },
    close: () => Promise.resolve(),
  };
}

function pushed(
  { headers, deliver: args }: Pushgateway,
  current: () => string,
  { clock, problem }: MetricsArgs,
): Observer {
  const told = once(problem);
  const outbox = new Outbox(clock, (line) => {
    told.failed(line);
  });
  let waiting = false;
  return {
    tell() {
      // One that waits for its turn will have this in it.
      if (waiting) return;
      waiting = true;
      outbox.put("rollout.metrics.pushgateway was not told", async (signal) => {
        waiting = false;
        await deliver(() => ({ headers, body: current() }), { ...args, clock }, signal);
        told.went();
      });
    },
    close: () => outbox.close(),
  };
}
