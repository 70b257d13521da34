import { type SecretReference } from "./credential";
import { type Duration } from "./duration";

/** What becomes of a rollout that waits for a person who does not answer. */
export const idleChoices = ["wait", "abort"] as const;
/** What a driver does first with a rollout whose driver has died. */
export const resumeChoices = ["continue", "rollback"] as const;

/** What of a rollout can be told to others: the names of its events, but for the looks at metrics, which are too many. */
export const noticeChoices = [
  "began",
  "took-over",
  "moving",
  "moved",
  "watching",
  "judged",
  "waiting",
  "asked",
  "restoring",
  "led-back",
  "restored",
  "locked",
  "warning",
  "ended",
] as const;
export type NoticeChoice = (typeof noticeChoices)[number];

/** Whom a rollout notifies. The address of a chat's channel is as good as a password: whoever has it can write there. */
export type NotifySettings = {
  readonly url: SecretReference;
  readonly on: readonly NoticeChoice[];
} & (
  | { readonly kind: "slack" | "teams" }
  /** Any other server; `secret` signs what it gets. */
  | { readonly kind: "webhook"; readonly secret: SecretReference }
);
export const chatKinds = ["slack", "teams"] as const;

/** Where the metrics of a rollout are kept, in OpenMetrics. */
export interface MetricsSettings {
  /** A file in the folder that node_exporter reads; relative to the checkout. */
  readonly textfile?: string;
  readonly pushgateway?: PushgatewaySettings;
}

/** https://github.com/prometheus/pushgateway */
export interface PushgatewaySettings {
  readonly url: string;
  readonly user?: string;
  readonly password?: SecretReference;
  readonly token?: SecretReference;
}

/** A policy pack that previews and updates are checked with; its paths are relative to the checkout. */
export interface PolicyPack {
  readonly folder: string;
  /** The JSON file that tunes its rules, as `pulumi up --policy-pack-config` takes it. */
  readonly config?: string;
}

/** How a release is rolled out unless the command says otherwise. */
export interface RolloutSettings {
  /** Percent of requests of each step, rising; the flip comes after them. */
  readonly steps: readonly number[];
  /** How long each step is watched, the flip too. */
  readonly interval: Duration;
  /** The file that says how the release is judged, or `none`; absent for the built-in metrics. */
  readonly analysis?: string;
  /** Whether a person has to approve the flip. */
  readonly approve: boolean;
  /** How long a person is waited for before `onIdleTimeout` is done. */
  readonly idleTimeout: Duration;
  readonly onIdleTimeout: (typeof idleChoices)[number];
  readonly onResume: (typeof resumeChoices)[number];
  readonly policyPacks: readonly PolicyPack[];
  /** By a name of the user's own. */
  readonly notify: Readonly<Record<string, NotifySettings>>;
  readonly metrics: MetricsSettings;
}
