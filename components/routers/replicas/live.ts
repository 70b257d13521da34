import { type Cluster, deploymentKind, type Service, serviceKind } from "../../live/cluster";
import { readyEndpoints } from "../../live/endpoints";
import { missingAfter } from "../../live/await-endpoints";
import { applyPatches, type LiveObjects, type LiveRouter, type Patch, readObjects } from "../../live/router";
import { type Color, colors, otherColor, perColor } from "../../model/color";
import { type Duration } from "../../model/duration";
import { type LiveRoute } from "../../model/live";
import { names } from "../../model/names";
import { splitPods, weightOfPods } from "../../model/pod-split";
import { type Traffic } from "../../model/traffic";
import { lastWrite, podsOf, recordOf, trafficRecord } from "../record";

type Pods = Readonly<Record<Color, number>>;

/** How long pods that are added by a move may take to become ready before nothing is taken away for them. */
const longestGrowth: Duration = { seconds: 120 };

/** The ratio of ready pods behind one Service. */
export const replicas: LiveRouter = {
  kinds: [],
  trafficObjects: (name) => [{ kind: "Service", name: names.active(name), gives: "main" }],
  read,
  move,
};

/**
 * The share is counted in ready endpoints. Which color is called active is the Service's record: two numbers do not say. A
 * Service that still selects one color, as another router's does, gives that one everything.
 */
function read({ services, slices }: LiveObjects, name: string): LiveRoute | undefined {
  const found = findService(services, name);
  const recorded = found && recordOf(found);
  const selected = colors.find((color) => color === found?.spec?.selector?.["cyan.dev/color"]);
  const active = selected ?? recorded?.activeColor;
  if (found === undefined || active === undefined) return undefined;
  const idle = otherColor(active);
  const ready = perColor((color) => readyEndpoints(slices, names.environment(name, color)));
  const weight = selected === undefined ? weightOfPods({ active: ready[active], idle: ready[idle] }) : 0;
  const movedAt = lastWrite([found]);
  return {
    active,
    canary: { color: idle, weight, byPods: true },
    ...(recorded && { recorded }),
    ...(movedAt && { movedAt }),
  };
}

/**
 * Grows first, and takes pods away when those that were added are ready, so that no fewer serve meanwhile.
 *
 * @throws Error when pods that are added do not become ready; nothing was taken away then.
 */
async function move(cluster: Cluster, services: readonly string[], traffic: Traffic): Promise<void> {
  const objects = await readObjects(cluster, []);
  const sizes = services.flatMap((service): Sizes[] => {
    const found = findService(objects.services, service);
    return found === undefined ? [] : [sizesOf(service, found, objects, traffic)];
  });
  const resized = (wanted: (now: number, then: number) => boolean): Patch[] =>
    sizes.flatMap(({ service, now, then }) => {
      const moved = colors.filter((color) => wanted(now[color], then[color]));
      return moved.map((color) => sizePatch(service, color, then[color]));
    });
  const recorded = sizes.map(({ service }): Patch => {
    // Null takes the key away: a Service that was led to one color selects both from now on.
    const change = {
      metadata: { annotations: trafficRecord(traffic) },
      spec: { selector: { "cyan.dev/color": null } },
    };
    return { service, kind: serviceKind, name: names.active(service), change };
  });
  await applyPatches(cluster, services, [
    resized((now, then) => then > now),
    () => grown(cluster, sizes),
    resized((now, then) => then < now),
    recorded,
  ]);
}

/** The pods that each color of a service has, and is to have. */
interface Sizes {
  readonly service: string;
  readonly now: Pods;
  readonly then: Pods;
}

function sizesOf(service: string, found: Service, { deployments }: LiveObjects, traffic: Traffic): Sizes {
  const now = perColor((color) => {
    const name = names.environment(service, color);
    return deployments.find(({ metadata }) => metadata?.name === name)?.spec?.replicas ?? 0;
  });
  const { activeColor, canaryWeight } = traffic;
  // Without a record, what serves now is what everything takes.
  const full = podsOf(found) ?? perColor(() => now.blue + now.green);
  const split = splitPods({ active: full[activeColor], idle: full[otherColor(activeColor)] }, canaryWeight);
  return { service, now, then: perColor((color) => (color === activeColor ? split.active : split.idle)) };
}

async function grown(cluster: Cluster, sizes: readonly Sizes[]): Promise<void> {
  const wanted = sizes.flatMap(({ service, then }) => {
    return colors.map((color) => ({ service, color, needed: then[color] }));
  });
  const missing = await missingAfter(cluster, wanted, longestGrowth);
  if (missing.length === 0) return;
  const lines = missing.map(
    ({ service, color, now, needed }) => `${service} ${color}: ${now} of ${needed} pods are ready`,
  );
  throw new Error(`${lines.join(", ")}; no pod was taken away`);
}

function sizePatch(service: string, color: Color, size: number): Patch {
  return {
    service,
    kind: deploymentKind,
    name: names.environment(service, color),
    change: { spec: { replicas: size } },
  };
}

function findService(services: readonly Service[], name: string): Service | undefined {
  return services.find(({ metadata }) => metadata?.name === names.active(name));
}
