import { type Cluster } from "../live/cluster";
import { type Capabilities, capabilities } from "../model/routers";
import { type RouterKind, type Settings } from "../model/settings";
import { type Transition } from "../model/transition";

/** What a gate asks about: one transition, of all services together. */
export interface GateArgs {
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly transition: Transition;
}

/** A check that has to hold before the first route of a transition moves. */
export interface Gate {
  /** As config calls it. */
  readonly name: string;
  /** What it says now. It waits for nothing, and changes nothing. */
  now(): Promise<GateAnswer>;
  /**
   * Resolves when it holds, which it may wait for.
   *
   * @throws GateError when it does not.
   */
  pass(): Promise<void>;
}

/** What a gate says without waiting. */
export interface GateAnswer {
  readonly gate: string;
  /** `later` is for what only the update can tell, because it has to run something. */
  readonly state: "holds" | "fails" | "later";
  /** What it found, or what it will run; one line each. */
  readonly lines: readonly string[];
}

/** What is left as it is when a gate does not hold. Pods that were added get requests, where pods make the shares. */
const kept = {
  weight: "no traffic was moved",
  pods: "no pod that serves was taken away",
} as const satisfies Record<Capabilities["shareBy"], string>;

/** A gate that did not hold: nothing was taken from the color that serves. */
export class GateError extends Error {
  override readonly name = "GateError";

  /**
   * @param within how long it was asked.
   * @param lines what it found.
   */
  constructor(gate: string, within: string, lines: readonly string[], router: RouterKind) {
    super(
      [
        `the ${gate} gate did not hold within ${within}, and ${kept[capabilities[router].shareBy]}:`,
        ...lines.map((line) => `  ${line}`),
        "  mend the color, or move all the same with: pulumi config set --path gate.force true",
      ].join("\n"),
    );
  }
}
