import { type Color, colors, perColor } from "../model/color";
import { type Live, type LiveEnvironment, type LiveRoute, type LiveService } from "../model/live";
import { names } from "../model/names";
import { type Cluster, type Deployment, type EndpointSlice, type Ingress, type Service } from "./cluster";
import { readyEndpoints } from "./endpoints";

type RouteReader = (ingresses: readonly Ingress[], service: string) => LiveRoute | undefined;

/** What the cluster says of these services now. A cluster that does not answer is unknown, and says why. */
export async function readLive(
  connecting: Promise<Cluster>,
  services: readonly string[],
  routeOf: RouteReader,
): Promise<Live> {
  try {
    const cluster = await connecting;
    const [ingresses, all, deployments, slices] = await Promise.all([
      cluster.ingresses(),
      cluster.services(),
      cluster.deployments(),
      cluster.endpointSlices(),
    ]);
    return {
      known: true,
      services: services.map((name) => liveService(name, { ingresses, all, deployments, slices }, routeOf)),
    };
  } catch (error) {
    return { known: false, why: firstLine(error) };
  }
}

interface Objects {
  readonly ingresses: readonly Ingress[];
  readonly all: readonly Service[];
  readonly deployments: readonly Deployment[];
  readonly slices: readonly EndpointSlice[];
}

function liveService(name: string, objects: Objects, routeOf: RouteReader): LiveService {
  const route = routeOf(objects.ingresses, name);
  const inside = selectedColor(objects.all.find((each) => each.metadata?.name === names.active(name)));
  return {
    name,
    ...(route && { route }),
    ...(inside && { inside }),
    environments: perColor((color) => liveEnvironment(names.environment(name, color), objects)),
  };
}

function liveEnvironment(name: string, { deployments, slices }: Objects): LiveEnvironment {
  const deployment = deployments.find((each) => each.metadata?.name === name);
  const image = deployment?.spec?.template.spec?.containers[0]?.image;
  return {
    ready: readyEndpoints(slices, name),
    replicas: deployment === undefined ? 0 : (deployment.spec?.replicas ?? 1),
    ...(image !== undefined && { image }),
  };
}

function selectedColor(service: Service | undefined): Color | undefined {
  return colors.find((color) => color === service?.spec?.selector?.["cyan.dev/color"]);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? message;
}
