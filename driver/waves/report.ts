import { immediate } from "../observers/observer";
import { jsonLines, plainLines } from "../rollout/plain-lines";
import { type RunArgs } from "../rollout/run";
import { type Failure, type Standing, type WavesState } from "./state";

/** What happens to the waves, besides what happens to each stack. */
export type WavesEvent =
  | { readonly event: "wave"; readonly stacks: readonly string[] }
  | { readonly event: "wave-soaking"; readonly seconds: number }
  /** No stack is released any more, and these are taken back. */
  | { readonly event: "wave-failed"; readonly failure: Failure; readonly stacks: readonly string[] }
  /** The command was told to end: every stack stays where it is. */
  | { readonly event: "waves-interrupted"; readonly standings: WavesState["standings"]; readonly failure?: Failure }
  | { readonly event: "waves-ended"; readonly standings: WavesState["standings"]; readonly failure?: Failure };

/** Tells of the waves, and of each of their stacks. */
export interface WavesReporter {
  readonly waves: (event: WavesEvent) => void;
  readonly stack: (stack: string) => RunArgs["reporter"];
}

/** One JSON object a line; those of a stack's rollout have its name. */
export function jsonWaves(write: (line: string) => void, now: () => Date): WavesReporter {
  const line = (value: object): void => {
    write(`${JSON.stringify({ time: now().toISOString(), ...value })}\n`);
  };
  return {
    waves: line,
    stack: (stack) => (view) => immediate(jsonLines(view.rollout, write, now, { stack })),
  };
}

/** Lines for people and logs; those of a stack's rollout begin with its name. */
export function plainWaves(write: (line: string) => void): WavesReporter {
  return {
    waves: (event) => {
      write(`${textOf(event)}\n`);
    },
    stack: (stack) => () =>
      immediate(
        plainLines((line) => {
          write(`${stack}: ${line}`);
        }),
      ),
  };
}

function textOf(event: WavesEvent): string {
  switch (event.event) {
    case "wave":
      return `wave: ${event.stacks.join(", ")}`;
    case "wave-soaking":
      return `waiting ${event.seconds} s before the next wave`;
    case "wave-failed": {
      const back = event.stacks.length === 0 ? "nothing else has moved" : `taking back ${event.stacks.join(", ")}`;
      return `${event.failure.stack} stops the waves: ${event.failure.why}; ${back}`;
    }
    case "waves-interrupted": {
      const goOn = "go on with the same command, or take it back with --on-resume rollback";
      const takeBack = "the same command takes back what is left";
      return `interrupted: ${standingsText(event.standings)}; ${event.failure === undefined ? goOn : takeBack}`;
    }
    case "waves-ended":
      return standingsText(event.standings);
  }
}

function standingsText(standings: WavesState["standings"]): string {
  return Object.entries(standings)
    .map(([stack, standing]) => `${stack} ${words[standing]}`)
    .join(", ");
}

const words: Readonly<Record<Standing, string>> = {
  waiting: "not touched",
  rolling: "on its way",
  promoted: "promoted",
  restoring: "being taken back",
  restored: "taken back",
  stuck: "could NOT be taken back",
};
