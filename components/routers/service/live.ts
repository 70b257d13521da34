import { type Cluster, serviceKind } from "../../live/cluster";
import { applyPatches, type LiveObjects, type LiveRouter, type Patch, readObjects } from "../../live/router";
import { colors, otherColor } from "../../model/color";
import { type LiveRoute } from "../../model/live";
import { names, routerAnnotation } from "../../model/names";
import { type Traffic } from "../../model/traffic";
import { lastWrite, recordOf, trafficRecord } from "../record";

/** The selector of one Service. */
export const service: LiveRouter = {
  kinds: [],
  trafficObjects: (name) => [{ kind: "Service", name: names.active(name), gives: "main" }],
  read,
  move,
};

function read({ services }: LiveObjects, name: string): LiveRoute | undefined {
  const found = services.find(({ metadata }) => metadata?.name === names.active(name));
  if (found === undefined) return undefined;
  const active = colors.find((color) => color === found.spec?.selector?.["cyan.dev/color"]);
  const recorded = recordOf(found);
  // The router that selects both colors left it so: there is no switch yet.
  const former = found.metadata?.annotations?.[routerAnnotation];
  if (active === undefined && former !== undefined && former !== "service") return undefined;
  const movedAt = lastWrite([found]);
  return {
    ...(active && { active, canary: { color: otherColor(active), weight: 0 } }),
    ...(recorded && { recorded }),
    ...(movedAt && { movedAt }),
  };
}

/** @throws Error for a weight: a selector has no share to give. */
async function move(cluster: Cluster, names_: readonly string[], traffic: Traffic): Promise<void> {
  if (traffic.canaryWeight !== 0) throw new Error("the router service cannot send a share of the requests");
  const { services } = await readObjects(cluster, []);
  const annotations = trafficRecord(traffic);
  const patches = names_.flatMap((name): Patch[] => {
    const object = names.active(name);
    if (!services.some(({ metadata }) => metadata?.name === object)) return [];
    const spec = { selector: { "cyan.dev/color": traffic.activeColor } };
    return [{ service: name, kind: serviceKind, name: object, change: { metadata: { annotations }, spec } }];
  });
  await applyPatches(cluster, names_, [patches]);
}
