import { parseDuration } from "../../components/model/duration";
import { onTransition } from "./check";
import { type Rule } from "./rule";

interface Config {
  readonly minSoak: string;
}

/** The rule, on a clock. */
export function soakTimeAt(now: () => Date): Rule {
  return {
    name: "soak-time",
    description:
      "Traffic moves on only after it has been where it is for minSoak; a rollback and a resumed update always may.",
    why: "A leak, a cold cache or a nightly job shows only after a while.",
    severity: "medium",
    remediationSteps: "Wait until the time that the message names. A rollback need not wait.",
    configSchema: {
      properties: {
        minSoak: {
          type: "string",
          pattern: "^(0|([0-9]+[smh])+)$",
          default: "10m",
          description: "Time since traffic was last moved, such as 90s, 10m or 1h30m.",
        },
      },
    },
    levels: { dev: "disabled", prod: "mandatory" },
    validateResource: onTransition<Config>(function* ({ services, rollback, resumes, lastMovedAt }, { config }) {
      const moving = services.some(({ previous, next }) => isMove(previous, next));
      const soak = parseDuration(config.minSoak);
      if (rollback || resumes || !moving || lastMovedAt === undefined || soak === undefined) return;
      const until = new Date(Date.parse(lastMovedAt) + soak.seconds * 1000);
      if (now() >= until) return;
      yield `traffic was last moved at ${lastMovedAt} and has to stay for ${config.minSoak}; move it after ${until.toISOString()}`;
    }),
  };
}

function isMove(previous: unknown, next: { readonly activeColor: string; readonly canaryWeight: number }): boolean {
  const before = previous as Partial<typeof next>;
  return before.activeColor !== next.activeColor || before.canaryWeight !== next.canaryWeight;
}

export const soakTime = soakTimeAt(() => new Date());
