import { type Evidence, type RolloutEvent, type RolloutReporter } from "./report";
import { sharesText } from "./work";

/** One JSON object a line, for machines; docs/rollouts.md has the schema. */
export function jsonLines(
  rollout: string,
  write: (line: string) => void,
  now: () => Date,
  more: Readonly<Record<string, string>> = {},
): RolloutReporter {
  return (event) => {
    write(`${JSON.stringify({ time: now().toISOString(), rollout, ...more, ...event })}\n`);
  };
}

/** One line an event, for people and logs. */
export function plainLines(write: (line: string) => void): RolloutReporter {
  return (event) => {
    const line = textOf(event);
    if (line !== undefined) write(`${line}\n`);
  };
}

/** An event in words; undefined for one that a log does not need. */
export function textOf(event: RolloutEvent): string | undefined {
  switch (event.event) {
    case "began": {
      const steps = [...event.weights.map((weight) => `${weight} %`), "flip"].join(", ");
      const images = Object.entries(event.images).map(([service, image]) => `; ${service} ${image}`);
      return `rollout from ${event.from} to ${event.to}: ${steps}${images.join("")}`;
    }
    case "took-over":
      return `goes on with a rollout that was ${event.phase} at step ${event.step + 1}`;
    case "moving":
      return `moving to ${sharesText(event.traffic)}`;
    case "moved":
      return `live: ${sharesText(event.traffic)}, after ${event.seconds.toFixed(1)} s`;
    case "watching":
      return event.seconds === 0 ? undefined : `watching for ${event.seconds} s`;
    case "looked":
      return lookText(event.evidence, event.left);
    case "judged":
      return `verdict: ${event.verdict}, ${event.why}`;
    case "waiting":
      return waitText(event.why, event.seconds);
    case "asked":
      return `${event.by} asks for: ${event.request}`;
    case "restoring":
      return `taking the release back: ${event.cause.why}`;
    case "led-back":
      return `live requests were led back in ${event.milliseconds} ms: ${sharesText(event.traffic)}`;
    case "restored":
      return `live and declared: ${sharesText(event.traffic)}, after ${event.seconds.toFixed(1)} s`;
    case "locked":
      return "another update has the stack; waiting for its end";
    case "warning":
      return `warning: ${event.text}`;
    case "ended":
      return `${endText(event.outcome)}: ${sharesText(event.traffic)}${event.cause ? `; ${event.cause.why}` : ""}`;
  }
}

function lookText(evidence: readonly Evidence[], left: number): string {
  const time = Number.isFinite(left) ? `${Math.round(left)} s left` : "waiting";
  return [time, ...evidence.map(({ metric, verdict, text }) => `${metric} ${verdict}: ${text}`)].join("; ");
}

function waitText(why: "approval" | "asked" | "inconclusive", seconds: number | undefined): string {
  const until = seconds === undefined ? "" : `; in ${seconds} s it is taken back`;
  const commands = "go on with: npx cyan promote; take it back with: npx cyan abort";
  const reason = {
    approval: "the flip waits for approval",
    asked: "paused",
    inconclusive: "paused: the evidence decides nothing",
  };
  return `${reason[why]}; ${why === "asked" ? commands.replace("promote", "resume") : commands}${until}`;
}

function endText(outcome: "promoted" | "restored" | "stuck"): string {
  return { promoted: "promoted", restored: "taken back", stuck: "could NOT be taken back" }[outcome];
}
