import { type Color } from "./color";
import { type GateSettings, type Settings } from "./settings";
import { type TransitionInputs } from "./transition-inputs";

/** What of a stack's settings a release is declared from. */
type Declared = Pick<
  Settings,
  | "traffic"
  | "router"
  | "namespace"
  | "createNamespace"
  | "services"
  | "canary"
  | "standby"
  | "readyTimeout"
  | "drain"
  | "argoRollouts"
  | "networkPolicy"
  | "secretServices"
>;

/** What a release is declared from. Everything is literal, so that a policy sees it in a preview. */
export interface ReleaseArgs extends Declared {
  /** What the services are told in secret; no input of the component, so that nothing keeps it but the Secrets. */
  readonly secrets: Settings["secrets"];
  /** The gates, without what they ask or run, which may hold secrets. */
  readonly gate: Omit<GateSettings, "http" | "job">;
  /** What is live beside what is declared, for policies. */
  readonly transition: TransitionInputs;
  /** By color and service, the image that a color had when it was last left as the active one. */
  readonly served: Readonly<Record<Color, Readonly<Record<string, string>>>>;
}
