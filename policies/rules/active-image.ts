import { otherColor } from "../../components/model/color";
import { onTransition } from "./check";
import { movesOf } from "./moves";
import { type Rule } from "./rule";

export const activeImage: Rule = {
  name: "active-image",
  description: "An update changes neither the image of the active color, nor that of the color that it makes active.",
  why: "A new image under the active color is a release to everyone at once, and takes away what a rollback goes back to.",
  severity: "critical",
  remediationSteps: "Give the image to the idle color, and move traffic to it in a later update.",
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onTransition(function* ({ services }) {
    for (const { name, previous, next, colors } of movesOf(services)) {
      for (const color of new Set([previous.activeColor, next.activeColor])) {
        const { liveImage, image } = colors[color];
        if (liveImage === undefined || liveImage === image) continue;
        yield color === previous.activeColor
          ? `${name}: ${color} serves ${liveImage}, and would be changed to ${image}; give that to ${otherColor(color)}`
          : `${name}: ${color} runs ${liveImage}, and would become active with ${image}; change the image first, then flip`;
      }
    }
  }),
};
