import { type Color } from "../model/color";
import { type Duration } from "../model/duration";
import { names } from "../model/names";
import { leftOf, within } from "./changes";
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
  const missing = async (): Promise<Measured<T>[]> => (await measure(cluster, wanted)).filter(isMissing);
  const watch = (changed: () => void, signal: AbortSignal) => cluster.watchEndpoints(changed, signal);
  return within(timeout, (signal) => leftOf(missing, watch, signal));
}
