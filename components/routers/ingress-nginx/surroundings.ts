import { controllersOf } from "../../live/controllers";
import { type Cluster, type KubernetesObject, type ObjectKind, type Pod } from "../../live/cluster";
import { isCyans } from "../../live/foreign";
import { type Controller } from "../../model/controller";
import { annotationNames } from "./annotations";
import { type Ingress, ingressKind } from "./ingress";

/** What stands around the Ingresses of a release, in plain data. */
export interface Surroundings {
  /** By the name of each IngressClass, the controller that it names; undefined when they could not be read. */
  readonly classes: Readonly<Record<string, string>> | undefined;
  /** Those that may act on the Ingresses; undefined when nothing tells. */
  readonly controllers: readonly Controller[] | undefined;
  /** All Ingresses of the namespace. */
  readonly ingresses: readonly PlainIngress[];
}

export interface PlainIngress {
  readonly name: string;
  /** Whether Cyan made it. */
  readonly own: boolean;
  /** What made it and takes it along when it goes, such as `Rollout shop`; absent for one that stands by itself. */
  readonly owner?: string;
  /** Milliseconds since 1970; 0 when the cluster does not say. */
  readonly createdAt: number;
  readonly canary: boolean;
  /** The canary's share, in percent. */
  readonly weight: number;
  readonly header?: string;
  readonly cookie?: string;
  readonly places: readonly { readonly host: string; readonly path: string; readonly service: string }[];
}

const classKind: ObjectKind = { apiVersion: "networking.k8s.io/v1", kind: "IngressClass" };

/** A label that the charts and manifests of both controllers put on their pods. */
const controllerPods = "app.kubernetes.io/name in (ingress-nginx,traefik)";

/** Reads what stands around. What a user may not read, such as pods of other namespaces, is undefined. */
export async function readSurroundings(cluster: Cluster): Promise<Surroundings> {
  const [ingresses = [], classes, pods] = await Promise.all([
    cluster.objects(ingressKind),
    readable(cluster.objects(classKind)),
    readable(cluster.podsEverywhere(controllerPods)),
  ]);
  return surroundingsOf(ingresses, classes, pods);
}

export function surroundingsOf(
  ingresses: readonly Ingress[],
  classes: readonly KubernetesObject[] | undefined,
  pods: readonly Pod[] | undefined,
): Surroundings {
  return {
    classes: classes && Object.fromEntries(classes.map(classOf)),
    controllers: controllersOf(
      ingresses.filter((each) => isCyans(each)),
      pods,
    ),
    ingresses: ingresses.map(plain),
  };
}

function classOf(object: KubernetesObject & { readonly spec?: { readonly controller?: string } }) {
  return [object.metadata?.name ?? "", object.spec?.controller ?? ""] as const;
}

/** Undefined for what the user may not read; every other failure is one. */
async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === 403) return undefined;
    throw error;
  }
}

function plain(ingress: Ingress): PlainIngress {
  const { metadata, spec } = ingress;
  const annotation = (name: string): string | undefined => metadata?.annotations?.[name];
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
  const total = Math.max(100, Number(annotation(annotationNames.weightTotal) ?? 100));
  const [header, cookie] = [annotation(annotationNames.header), annotation(annotationNames.cookie)];
  return {
    name: metadata?.name ?? "",
    own: isCyans(ingress),
    createdAt: metadata?.creationTimestamp?.getTime() ?? 0,
    canary: annotation(annotationNames.canary) === "true",
    weight: (100 * Number(annotation(annotationNames.weight) ?? 0)) / total,
    ...(owner && { owner: `${owner.kind} ${owner.name}` }),
    ...(header !== undefined && { header }),
    ...(cookie !== undefined && { cookie }),
    places: (spec?.rules ?? []).flatMap(({ host = "", http }) =>
      (http?.paths ?? []).map(({ path = "/", backend }) => ({ host, path, service: backend.service?.name ?? "" })),
    ),
  };
}
