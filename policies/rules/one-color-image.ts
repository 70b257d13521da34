import { colors } from "../../components/model/color";
import { onTransition } from "./check";
import { movesOf } from "./moves";
import { type Rule } from "./rule";

export const oneColorImage: Rule = {
  name: "one-color-image",
  description: "An update changes the image of one color at most.",
  why: "With both changed there is no color left that runs what worked.",
  severity: "critical",
  remediationSteps: "Change the idle color's image in this update, and leave the other as it is.",
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onTransition(function* ({ services }) {
    for (const service of movesOf(services)) {
      const changed = colors.filter((color) => {
        const { liveImage, image } = service.colors[color];
        return liveImage !== undefined && liveImage !== image;
      });
      if (changed.length < colors.length) continue;
      yield `${service.name}: blue and green both get another image; change that of one color, and the other's when it is idle`;
    }
  }),
};
