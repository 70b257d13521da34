import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type Ending } from "./release-stack";

/** Reads off the engine's events why an operation did not succeed: its exit code says the same for every reason. */
export class Findings {
  private readonly violations: string[] = [];
  private readonly errors: string[] = [];

  readonly add = ({ policyEvent, diagnosticEvent }: EngineEvent): void => {
    if (policyEvent?.enforcementLevel === "mandatory") {
      const { policyPackName, policyName, message } = policyEvent;
      this.violations.push(`${policyPackName}, ${policyName}: ${plain(message)}`);
    } else if (diagnosticEvent?.severity === "error") {
      this.errors.push(plain(diagnosticEvent.message));
    }
  };

  /** @param said what the command printed, for a failure before the engine began. */
  ending(said: string): Ending {
    if (this.violations.length > 0) return { kind: "refused", why: [...new Set(this.violations)].join("\n") };
    const why = [...new Set(this.errors)].filter((each) => !/^update failed$|^preview failed$/.test(each)).join("\n");
    // The gate's and the program's own words for a refusal that changed nothing.
    if (/no traffic was moved|nothing was changed/.test(why)) return { kind: "refused", why };
    return { kind: "failed", why: why === "" ? lastLines(said) : why };
  }
}

/** Messages carry tags for colors. */
function plain(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "").trim();
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-8).join("\n");
}
