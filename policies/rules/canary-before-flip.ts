import { otherColor } from "../../components/model/color";
import { isSplit } from "../../components/model/routers";
import { onTransition } from "./check";
import { isFlip, movesOf } from "./moves";
import { type Rule } from "./rule";

interface Config {
  readonly minCanaryBeforeFlip: number;
}

export const canaryBeforeFlip: Rule = {
  name: "canary-before-flip",
  description: "A color becomes active only after it held at least minCanaryBeforeFlip percent; a rollback always may.",
  why: "Without a canary the first request that a new image ever gets is every user's.",
  severity: "high",
  remediationSteps: "Raise canaryWeight to minCanaryBeforeFlip in steps, and flip from there.",
  configSchema: {
    properties: {
      minCanaryBeforeFlip: {
        type: "integer",
        minimum: 0,
        maximum: 100,
        default: 50,
        description: "Percent that the color gets before it becomes active.",
      },
    },
  },
  levels: { dev: "disabled", prod: "mandatory" },
  validateResource: onTransition<Config>(function* ({ services, rollback }, { config }, release) {
    if (rollback) return;
    // A service whose requests nothing splits has no canary; it moves with those that have.
    const split = new Set(release.services.filter((each) => isSplit(release, each)).map(({ name }) => name));
    for (const move of movesOf(services)) {
      const { name, previous, next } = move;
      if (!isFlip(move) || !split.has(name) || previous.canaryWeight >= config.minCanaryBeforeFlip) continue;
      yield (
        `${name}: ${next.activeColor} becomes active after it held ${previous.canaryWeight} %; it has to hold ` +
        `${config.minCanaryBeforeFlip} % first: keep activeColor ${otherColor(next.activeColor)} and set canaryWeight`
      );
    }
  }),
};
