import { UserError } from "../invocation";
import { type RolloutPlan } from "./plan";
import { type RolloutEvent } from "./report";
import { type RolloutState } from "./state";

/** Names a rollout by when it began, so that names sort by time. */
export function rolloutId(now: Date): string {
  return now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
}

export function began({ from, to, weights, images }: RolloutPlan): RolloutEvent {
  const given = Object.fromEntries(images.map(({ service, image }) => [service, image]));
  return { event: "began", from, to, weights, images: given };
}

export function tookOver({ phase, step }: RolloutState): RolloutEvent {
  return { event: "took-over", phase: phase.kind, step };
}

/** @throws UserError when an unfinished rollout is another release than the one that is asked for. */
export function checkSameRelease({ id, plan }: RolloutState, asked: RolloutPlan): void {
  const text = ({ images }: RolloutPlan): string => images.map(({ service, image }) => `${service}=${image}`).join(" ");
  const [wanted, running] = [text(asked), text(plan)];
  if (wanted === "" || wanted === running) return;
  throw new UserError(
    `rollout ${id} to ${plan.to}${running === "" ? "" : ` with ${running}`} is not finished; ` +
      "go on with it: npx cyan resume; or take it back first: npx cyan abort",
  );
}
