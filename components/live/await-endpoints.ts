import { type Color } from "../model/color";
import { type Duration } from "../model/duration";
import { names } from "../model/names";
import { changesOf } from "./changes";
import { type Cluster } from "./cluster";
import { readyEndpoints } from "./endpoints";

/** Ready endpoints that a color has to have. */
export interface Wanted {
  readonly service: string;
  readonly color: Color;
  readonly needed: number;
}

/** What is wanted with the ready endpoints that there are now. */
export type Measured<T extends Wanted> = T & { readonly now: number };

export const isMissing = ({ now, needed }: Measured<Wanted>): boolean => now < needed;

export async function measure<T extends Wanted>(cluster: Cluster, wanted: readonly T[]): Promise<Measured<T>[]> {
  const slices = await cluster.endpointSlices();
  return wanted.map((each) => ({ ...each, now: readyEndpoints(slices, names.environment(each.service, each.color)) }));
}

/** What is missing when the time is over; nothing as soon as nothing is. It is watched, not polled. */
export async function missingAfter<T extends Wanted>(
  cluster: Cluster,
  wanted: readonly T[],
  timeout: Duration,
): Promise<Measured<T>[]> {
  const stop = new AbortController();
  const deadline = setTimeout(() => {
    stop.abort();
  }, timeout.seconds * 1000);
  const missing = async (): Promise<Measured<T>[]> => (await measure(cluster, wanted)).filter(isMissing);
  try {
    let left = await missing();
    if (left.length === 0) return left;
    const changes = changesOf((changed, signal) => cluster.watchEndpoints(changed, signal), stop.signal);
    while (left.length > 0 && (await changes.next())) left = await missing();
    return left;
  } finally {
    clearTimeout(deadline);
    stop.abort();
  }
}
