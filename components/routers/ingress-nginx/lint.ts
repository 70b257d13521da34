import { type Findings } from "../../model/findings";
import { names } from "../../model/names";
import { type Settings } from "../../model/settings";
import { type Case, concerns, rules } from "./rules";
import { type Surroundings } from "./surroundings";

/**
 * What the controllers would make of the declared routes. What sends requests where they do not belong is refused when the
 * update would bring the canary more of them, and when it is known what the controller is; otherwise it is only told, so
 * that a rollback is never refused.
 */
export function lint(settings: Settings, around: Surroundings): Findings {
  const found = settings.services.flatMap(({ name, route }) => {
    if (route === undefined) return [];
    const each: Case = { name, route, settings, around };
    const raised = raises(each);
    return rules.flatMap((rule) => {
      const concerned = concerns(rule, around.controllers);
      const told = rule.certain ? concerned === true : concerned !== false;
      const message = told ? rule.found(each) : undefined;
      if (message === undefined) return [];
      const unsure = concerned === "maybe" ? ` (it is not known which controller serves ${route.className})` : "";
      return [{ refused: rule.harmful && raised && concerned === true, text: `${name}: ${message}${unsure}` }];
    });
  });
  return {
    refusals: found.filter(({ refused }) => refused).map(({ text }) => text),
    warnings: found.filter(({ refused }) => !refused).map(({ text }) => text),
  };
}

/** Whether the canary of a service is new, or gets a larger share, or requests that it did not get. */
function raises({ name, settings: { traffic, canary }, around }: Case): boolean {
  const live = around.ingresses.find((each) => each.name === names.canary(name));
  if (live === undefined) return true;
  return (
    traffic.canaryWeight > Math.round(live.weight) ||
    !isKept(canary.header, live.header) ||
    !isKept(canary.cookie, live.cookie)
  );
}

function isKept(declared: string | undefined, live: string | undefined): boolean {
  return declared === undefined || declared === live;
}
