import { type Color } from "./color";
import { type Duration } from "./duration";
import {
  type CanarySettings,
  type GateSettings,
  type NetworkPolicySettings,
  type RouterKind,
  type ServiceSettings,
  type Settings,
  type Standby,
} from "./settings";
import { type Traffic } from "./traffic";
import { type TransitionInputs } from "./transition-inputs";

/** What a release is declared from. Everything is literal, so that a policy sees it in a preview. */
export interface ReleaseArgs {
  /** Who is to serve. */
  readonly traffic: Traffic;
  readonly router: RouterKind;
  /** Namespace of all objects. */
  readonly namespace: string;
  /** Whether it is made with the release; `default` never is. */
  readonly createNamespace: boolean;
  readonly services: readonly ServiceSettings[];
  readonly canary: CanarySettings;
  readonly standby: Standby;
  readonly readyTimeout: Duration;
  /** What the services are told in secret; no input of the component, so that nothing keeps it but the Secrets. */
  readonly secrets: Settings["secrets"];
  readonly networkPolicy?: NetworkPolicySettings;
  /** Whether the services' settings hold secrets. */
  readonly secretServices: boolean;
  /** The gates, without what they ask or run, which may hold secrets. */
  readonly gate: Omit<GateSettings, "http" | "job">;
  /** How long a color that lost its share keeps its pods. */
  readonly drain: Duration;
  /** What is live beside what is declared, for policies. */
  readonly transition: TransitionInputs;
  /** By color and service, the image that a color had when it was last left as the active one. */
  readonly served: Readonly<Record<Color, Readonly<Record<string, string>>>>;
}
