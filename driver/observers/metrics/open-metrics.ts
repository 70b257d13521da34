import { colors } from "../../../components/model/color";
import { shareOf } from "../../../components/model/traffic";
import { type RolloutView, viewPhases } from "../../rollout/view";

/** What a rollout can be judged as. */
const verdicts = ["pass", "fail", "hold", "inconclusive"] as const;

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly unit?: "seconds" | "ratio";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * A rollout as OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec). All of it are gauges: that is also the
 * text format that node_exporter and the Pushgateway read, for which the unit and the end are comments.
 */
export function openMetrics(view: RolloutView, now: Date): string {
  return `${familiesOf(view, now)
    .map((family) => textOf(family, view.stack))
    .join("")}# EOF\n`;
}

function familiesOf(view: RolloutView, now: Date): Family[] {
  const { rollout, from, to, began, step, weights, phase, traffic, verdict } = view;
  const seconds = (date: Date): number => date.getTime() / 1000;
  return [
    {
      name: "cyan_rollout_weight_ratio",
      unit: "ratio",
      help: "Share of the requests that a color gets.",
      samples: colors.map((color) => ({ labels: { color }, value: shareOf(traffic, color) / 100 })),
    },
    { name: "cyan_rollout_step", help: "The step that the rollout is at, from 1.", samples: [{ value: step + 1 }] },
    {
      name: "cyan_rollout_steps",
      help: "How many steps it has; the flip is the last.",
      samples: [{ value: weights.length + 1 }],
    },
    {
      name: "cyan_rollout_state",
      help: "1 for what it is doing, or how it ended.",
      samples: viewPhases.map((state) => ({ labels: { state }, value: Number(state === phase) })),
    },
    {
      name: "cyan_rollout_verdict",
      help: "1 for the verdict of the step so far; 0 for all of them before there is one.",
      samples: verdicts.map((each) => ({ labels: { verdict: each }, value: Number(each === verdict) })),
    },
    {
      name: "cyan_rollout_seconds",
      unit: "seconds",
      help: "How long it has run.",
      samples: [{ value: (now.getTime() - began.getTime()) / 1000 }],
    },
    {
      name: "cyan_rollout_start_timestamp_seconds",
      unit: "seconds",
      help: "When it began.",
      samples: [{ labels: { rollout, from, to }, value: seconds(began) }],
    },
    {
      name: "cyan_rollout_update_timestamp_seconds",
      unit: "seconds",
      help: "When all of this was written: a driver that died writes no more.",
      samples: [{ value: seconds(now) }],
    },
  ];
}

function textOf({ name, unit, help, samples }: Family, stack: string): string {
  const head = [
    `# TYPE ${name} gauge`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
  ];
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries({ stack, ...labels }).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}{${pairs.join(",")}} ${value}`;
  });
  return [...head, ...lines].map((line) => `${line}\n`).join("");
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
