import { type Findings, noFindings } from "../model/findings";
import { liveOf } from "../model/live";
import { routerAnnotation } from "../model/names";
import { capabilities } from "../model/routers";
import { type RouterKind, routerKinds, type Settings } from "../model/settings";
import { type Cluster } from "./cluster";
import { readLive } from "./read";
import { type LiveRouter } from "./router";

type Routers = Readonly<Record<RouterKind, LiveRouter>>;

/**
 * What is found around a stack's routes, and of the router that they had before; nothing when the cluster does not answer,
 * which the live traffic says too.
 */
export async function findingsOf(
  connecting: Promise<Cluster>,
  settings: Settings,
  routers: Routers,
): Promise<Findings> {
  try {
    const cluster = await connecting;
    const [refusals, around] = await Promise.all([
      handoverRefusals(cluster, settings, routers),
      routers[settings.router].lint?.(cluster, settings) ?? noFindings,
    ]);
    return { ...around, refusals: [...refusals, ...around.refusals] };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return { ...noFindings, warnings: [`what stands around the routes could not be read: ${why}`] };
  }
}

/** Measured: the controller's pods end with what it keeps them by, which goes before the route that leads to them. */
function leavingController(from: RouterKind, to: RouterKind): string {
  return (
    `router: would change from ${from} to ${to}, and the pods that the controller of ${from} keeps would go before its routes ` +
    "do: requests are lost for some seconds; where that may be, do it with: pulumi config set --path gate.force true"
  );
}

/**
 * While a router takes over, its routes and those of the former one lead requests side by side: both have to lead them to the
 * same colors, and no color may shrink that either of them leads to.
 */
async function handoverRefusals(cluster: Cluster, settings: Settings, routers: Routers): Promise<string[]> {
  const { router, traffic, services } = settings;
  const found = await cluster.services();
  const former = services.map(({ name }) => {
    const annotations = found.find(({ metadata }) => metadata?.name === name)?.metadata?.annotations;
    return { name, from: routerKinds.find((kind) => kind === annotations?.[routerAnnotation]) };
  });
  const refusals: string[] = [];
  for (const from of new Set(former.map((each) => each.from))) {
    if (from === undefined || from === router) continue;
    if (capabilities[from].pods === "controller" && !settings.gate.force)
      refusals.push(leavingController(from, router));
    const names = former.filter((each) => each.from === from).map(({ name }) => name);
    const live = await readLive(Promise.resolve(cluster), names, routers[from]);
    for (const name of names) {
      const recorded = liveOf(live, name)?.route?.recorded;
      if (recorded === undefined) continue;
      const { activeColor, canaryWeight } = recorded;
      if (activeColor === traffic.activeColor && canaryWeight === traffic.canaryWeight) continue;
      refusals.push(
        `router: would change from ${from} to ${router}, and the traffic of ${name} with it; change the router while activeColor ` +
          `is ${activeColor} and canaryWeight ${canaryWeight}, as they are live, and the traffic in another update`,
      );
    }
  }
  return refusals;
}
