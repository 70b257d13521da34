import { type Color, colors, perColor } from "../model/color";
import { type Live, type LiveEnvironment, type LiveService } from "../model/live";
import { forcedAnnotation, names, servedImage } from "../model/names";
import { type Cluster, type KubernetesObject, type Service, serviceKind } from "./cluster";
import { readyEndpoints } from "./endpoints";
import { kindsOf, type LiveObjects, type LiveRouter, readObjects } from "./router";
import { foreignOf, isCyans } from "./foreign";

/** What the cluster says of these services now. A cluster that does not answer is unknown, and says why. */
export async function readLive(
  connecting: Promise<Cluster>,
  services: readonly string[],
  router: LiveRouter,
): Promise<Live> {
  try {
    const cluster = await connecting;
    const [objects, namespace] = await Promise.all([readObjects(cluster, kindsOf(router)), cluster.namespace()]);
    return {
      known: true,
      ...(namespace && { namespace: isCyans(namespace) ? "cyans" : "foreign" }),
      services: services.map((name) => liveService(name, objects, router)),
    };
  } catch (error) {
    return { known: false, why: firstLine(error) };
  }
}

function liveService(name: string, objects: LiveObjects, router: LiveRouter): LiveService {
  const route = router.read(objects, name);
  const inside = selectedColor(objects.services.find((each) => each.metadata?.name === names.active(name)));
  const foreign = foreignOf(name, route, objects, router);
  const forced = forcedOf(name, objects, router);
  return {
    name,
    ...(route && { route }),
    ...(inside && { inside }),
    ...(forced !== undefined && { forced }),
    ...(foreign && { foreign }),
    environments: perColor((color) => {
      const environment = liveEnvironment(names.environment(name, color), objects);
      const kept = router.replicas?.(objects, name, color);
      return kept === undefined ? environment : { ...environment, replicas: kept, deployed: environment.replicas };
    }),
  };
}

function liveEnvironment(name: string, { services, deployments, slices }: LiveObjects): LiveEnvironment {
  const deployment = deployments.find((each) => each.metadata?.name === name);
  const image = deployment?.spec?.template.spec?.containers[0]?.image;
  const served = services.find((each) => each.metadata?.name === name)?.metadata?.annotations?.[servedImage];
  return {
    ready: readyEndpoints(slices, name),
    replicas: deployment === undefined ? 0 : (deployment.spec?.replicas ?? 1),
    ...(image !== undefined && { image }),
    ...(served !== undefined && { served }),
  };
}

/** What any object that the service's traffic goes by was moved in spite of. */
function forcedOf(service: string, objects: LiveObjects, router: LiveRouter): string | undefined {
  const named = router.trafficObjects(service);
  const found = [serviceKind, ...router.kinds].flatMap((kind) => {
    const all: readonly KubernetesObject[] = kind === serviceKind ? objects.services : objects.of(kind);
    return all.filter(({ metadata }) => named.some((each) => each.kind === kind.kind && each.name === metadata?.name));
  });
  return found.flatMap(({ metadata }) => metadata?.annotations?.[forcedAnnotation] ?? [])[0];
}

function selectedColor(service: Service | undefined): Color | undefined {
  return colors.find((color) => color === service?.spec?.selector?.["cyan.dev/color"]);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? message;
}
