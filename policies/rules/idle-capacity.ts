import { colors } from "../../components/model/color";
import { onTransition } from "./check";
import { type Rule } from "./rule";

export const idleCapacity: Rule = {
  name: "idle-capacity",
  description:
    "A color gets a larger share only when it is declared large enough for it, and its pods are ready; a rollback is the gate's to judge.",
  why: "Requests that are sent to too few pods are answered late or not at all. The gate refuses the same, but only in the update.",
  severity: "high",
  remediationSteps: "Raise the color's replicas, or mend the pods that are not ready: npx cyan status names them.",
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onTransition(function* ({ services, rollback }, _context, { gate }) {
    if (gate.force || rollback) return;
    for (const service of services) {
      for (const color of colors) {
        const { ready, replicas, fullSize, needed, liveImage, image } = service.colors[color];
        const where = `${service.name} ${color}`;
        if (needed > fullSize) {
          yield `${where}: its share needs ${needed} ready pods, and it is declared with ${fullSize}; raise its replicas`;
        } else if (ready < needed && replicas >= needed && liveImage === image) {
          // One that this update grows, or gives another image, is the gate's to judge.
          yield `${where}: its share needs ${needed} ready pods, and ${ready} of ${replicas} are ready; mend them first`;
        }
      }
    }
  }),
};
