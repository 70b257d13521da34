import { Cron } from "croner";
import { parseDuration } from "../../components/model/duration";
import { onTransition } from "./check";
import { type Rule } from "./rule";

interface Window {
  readonly start: string;
  readonly duration: string;
  readonly timeZone: string;
  readonly reason?: string;
}

interface Config {
  readonly windows: readonly Window[];
  readonly exemptTag: string;
}

/** The rule, on a clock. */
export function freezeWindowAt(now: () => Date): Rule {
  return {
    name: "freeze-window",
    description:
      "Nothing is released in a freeze window; a rollback always may, and so may a stack whose exemptTag is true.",
    why: "A release on a Friday evening or before a holiday fails when nobody is there to take it back.",
    severity: "high",
    remediationSteps:
      "Release after the window. In an emergency exempt the stack, and take that back afterwards: " +
      "pulumi stack tag set cyan:freeze-exempt true",
    configSchema: {
      properties: {
        windows: {
          type: "array",
          default: [],
          description: "The windows; none by default.",
          items: {
            type: "object",
            required: ["start", "duration", "timeZone"],
            additionalProperties: false,
            properties: {
              start: { type: "string", description: "When it begins, as cron: `0 16 * * FRI`." },
              duration: { type: "string", pattern: "^([0-9]+[smh])+$", description: "How long it lasts: `64h`." },
              timeZone: { type: "string", description: "Of `start`: `Europe/Berlin`." },
              reason: { type: "string", description: "Told to who is refused." },
            },
          },
        },
        exemptTag: {
          type: "string",
          default: "cyan:freeze-exempt",
          description: "Stack tag that exempts a stack when its value is `true`.",
        },
      },
    },
    levels: { dev: "disabled", prod: "mandatory" },
    validateResource: onTransition<Config>(function* ({ rollback }, { config, stackTags }) {
      if (rollback || stackTags.get(config.exemptTag) === "true") return;
      for (const window of config.windows) yield* violation(window, config.exemptTag, now());
    }),
  };
}

/** A window is on when it began less than its duration ago. */
function* violation(window: Window, exemptTag: string, now: Date): Generator<string> {
  const { start, duration, timeZone, reason } = window;
  const length = (parseDuration(duration)?.seconds ?? 0) * 1000;
  let began: Date | null;
  try {
    // Paused: it is asked, and runs nothing.
    began = new Cron(start, { timezone: timeZone, paused: true }).nextRun(new Date(now.getTime() - length));
  } catch (error) {
    yield (
      `the freeze window "${start}" in ${timeZone} cannot be read (${error instanceof Error ? error.message : String(error)}); ` +
      "write start as cron and timeZone as the IANA database names it"
    );
    return;
  }
  if (began === null || began > now) return;
  const end = new Date(began.getTime() + length);
  yield (
    `a freeze window${reason === undefined ? "" : ` (${reason})`} is on until ${end.toISOString()}; release after it, or set ` +
    `the stack's tag ${exemptTag} to true`
  );
}

export const freezeWindow = freezeWindowAt(() => new Date());
