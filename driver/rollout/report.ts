import { type Color } from "../../components/model/color";
import { type Traffic } from "../../components/model/traffic";
import { type Request, type Verdict } from "./events";
import { type Cause, type Ended } from "./state";

/** A metric as it was last judged. */
export interface Evidence {
  readonly metric: string;
  readonly verdict: Verdict;
  /** One sentence, with the numbers. */
  readonly text: string;
  /** Set for a metric that is shown and does not count. */
  readonly dryRun?: true;
  /** What the estimates are in. */
  readonly unit: "ratio" | "seconds" | "none";
  /** Requests, or values, that were seen of the released color and of the other one since the rollout began. */
  readonly seen: { readonly canary: number; readonly active: number };
  readonly canary?: Estimate;
  readonly active?: Estimate;
  /** The chance of a false alarm that the judge allows over the whole rollout; absent where it promises none. */
  readonly level?: number;
}

/** A measured value, with bounds that hold at the metric's level. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a rollout tells while it runs. docs/rollouts.md has it as a schema: a field is added, never changed or removed. */
export type RolloutEvent =
  | {
      readonly event: "began";
      readonly from: Color;
      readonly to: Color;
      readonly weights: readonly number[];
      readonly images: Readonly<Record<string, string>>;
    }
  /** This driver goes on with a rollout that another one began. */
  | { readonly event: "took-over"; readonly phase: string; readonly step: number }
  /** An update begins that declares this traffic. */
  | { readonly event: "moving"; readonly step: number; readonly traffic: Traffic }
  /** It has ended, and the traffic is live. */
  | { readonly event: "moved"; readonly step: number; readonly traffic: Traffic; readonly seconds: number }
  | { readonly event: "watching"; readonly step: number; readonly seconds: number }
  /** The metrics were looked at. */
  | { readonly event: "looked"; readonly step: number; readonly left: number; readonly evidence: readonly Evidence[] }
  | { readonly event: "judged"; readonly step: number; readonly verdict: Verdict; readonly why: string }
  /** A person is waited for, and with `seconds` no longer than that. */
  | { readonly event: "waiting"; readonly why: "approval" | "asked" | "inconclusive"; readonly seconds?: number }
  | { readonly event: "asked"; readonly request: Request; readonly by: string }
  | { readonly event: "restoring"; readonly cause: Cause; readonly traffic: Traffic }
  /** Live requests were led back past the engine, `milliseconds` after it was decided. */
  | { readonly event: "led-back"; readonly traffic: Traffic; readonly milliseconds: number }
  /** The stack says that the release was taken back. */
  | { readonly event: "restored"; readonly traffic: Traffic; readonly seconds: number }
  /** Another update has the stack: it is waited for. */
  | { readonly event: "locked"; readonly why: string }
  | { readonly event: "warning"; readonly text: string }
  | { readonly event: "ended"; readonly outcome: Ended["outcome"]; readonly cause?: Cause; readonly traffic: Traffic };

export type RolloutReporter = (event: RolloutEvent) => void;
