import { type Traffic } from "../../components/model/traffic";
import { type Color } from "../../components/model/color";
import { type Verdict } from "./events";
import { type RolloutPlan } from "./plan";
import { type Evidence, type RolloutEvent } from "./report";
import { type Cause, type Ended } from "./state";

/** What was measured while traffic was at one step. */
export interface TransitionReceipt {
  readonly traffic: Traffic;
  /** When the update began, as ISO 8601. */
  readonly began: string;
  /** How long the update took; absent for one that did not end. */
  readonly seconds?: number;
  /** The last look at the metrics. */
  readonly evidence?: readonly Evidence[];
  readonly verdict?: Verdict;
  readonly why?: string;
}

/** What a rollout did and measured, for people and for the pull request. */
export interface Receipt {
  readonly rollout: string;
  readonly stack: string;
  readonly from: Color;
  readonly to: Color;
  readonly images: RolloutPlan["images"];
  /** Who began it, and from which commit. */
  readonly by: string;
  readonly commit?: string;
  readonly began: string;
  readonly ended?: string;
  readonly outcome?: Ended["outcome"];
  readonly cause?: Cause;
  /** How long it took from the decision until live requests were led back, in milliseconds. */
  readonly ledBackIn?: number;
  readonly transitions: readonly TransitionReceipt[];
  /** What did not go as it should, and kept nothing from being done. */
  readonly warnings?: readonly string[];
}

/** A receipt with what an event adds to it. */
export function noted(receipt: Receipt, event: RolloutEvent, at: Date): Receipt {
  const time = at.toISOString();
  switch (event.event) {
    case "moving":
      return { ...receipt, transitions: [...receipt.transitions, { traffic: event.traffic, began: time }] };
    case "moved":
      return withLast(receipt, { seconds: event.seconds });
    case "looked":
      return withLast(receipt, { evidence: event.evidence });
    case "judged":
      return withLast(receipt, { verdict: event.verdict, why: event.why });
    case "restoring":
      return { ...receipt, transitions: [...receipt.transitions, { traffic: event.traffic, began: time }] };
    case "led-back":
      return { ...receipt, ledBackIn: receipt.ledBackIn ?? event.milliseconds };
    case "restored":
      return withLast(receipt, { seconds: event.seconds });
    case "warning":
      return { ...receipt, warnings: [...(receipt.warnings ?? []), event.text] };
    case "ended":
      return { ...receipt, ended: time, outcome: event.outcome, ...(event.cause && { cause: event.cause }) };
    default:
      return receipt;
  }
}

function withLast(receipt: Receipt, more: Partial<TransitionReceipt>): Receipt {
  const last = receipt.transitions.at(-1);
  if (last === undefined) return receipt;
  return { ...receipt, transitions: [...receipt.transitions.slice(0, -1), { ...last, ...more }] };
}
