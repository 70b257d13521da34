import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig, Watch } from "@kubernetes/client-node";

/** What a watch looks at. */
export interface Watched {
  /** The collection's path on the API server. */
  readonly path: string;
  /** Such as `metadata.name=shop`. */
  readonly fieldSelector?: string;
}

/** How long to leave a server alone that refused a watch or broke it off, in milliseconds. */
const pause = 1_000;

/**
 * Calls back at each change, until the signal fires. The server ends a watch now and then: it is begun anew, and what
 * changed meanwhile is a change as well.
 */
export async function watchChanges(
  client: { readonly Watch: new (config: KubeConfig) => Watch },
  config: KubeConfig,
  { path, fieldSelector }: Watched,
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  const watch = new client.Watch(config);
  const query = fieldSelector === undefined ? {} : { fieldSelector };
  while (!signal.aborted) {
    const failed = await new Promise<boolean>((resolve) => {
      const end = (error: unknown): void => {
        resolve(error !== null && error !== undefined);
      };
      void watch.watch(path, query, changed, end).then((request) => {
        const stop = (): void => {
          request.abort();
          resolve(false);
        };
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { once: true });
      }, end);
    });
    if (failed) await sleep(pause, undefined, { signal }).catch(() => undefined);
    changed();
  }
}
