import { names } from "../model/names";
import { type Entry } from "../model/needs";
import { leftOf } from "./changes";
import { type Cluster } from "./cluster";

/** A pod that is ending, and that its color's Service may still lead to. */
export interface EndingPod extends Entry {
  readonly pod: string;
}

/**
 * The pods that are ending, of these colors, when the signal fires; none as soon as there are none. It is watched, not polled.
 *
 * A pod counts until it is no endpoint any more: kube-proxy hears of an endpoint that is ending some time after the
 * EndpointSlice has it, and leads connections there meanwhile. One that is gone from the slice has ended, and answers nobody.
 */
export async function endingAfter(
  cluster: Cluster,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<EndingPod[]> {
  const ending = async (): Promise<EndingPod[]> =>
    (await Promise.all(entries.map((entry) => endingOf(cluster, entry)))).flat();
  return leftOf(ending, (changed, stop) => cluster.watchEndpoints(changed, stop), signal);
}

async function endingOf(cluster: Cluster, { service, color }: Entry): Promise<EndingPod[]> {
  const pods = await cluster.pods({ "app.kubernetes.io/name": service, "cyan.dev/color": color });
  const deleted = new Set(pods.flatMap(({ metadata }) => (metadata?.deletionTimestamp ? [metadata.name] : [])));
  // Read after the pods: one that was deleted before this may be an endpoint that nobody has marked yet.
  const slices = await cluster.endpointSlices();
  const ending = slices
    .filter(({ metadata }) => metadata?.labels?.["kubernetes.io/service-name"] === names.environment(service, color))
    .flatMap(({ endpoints = [] }) => endpoints)
    .filter(({ conditions, targetRef }) => conditions?.terminating === true || deleted.has(targetRef?.name))
    .map(({ addresses, targetRef }) => targetRef?.name ?? addresses.join());
  return [...new Set(ending)].map((pod) => ({ service, color, pod }));
}
