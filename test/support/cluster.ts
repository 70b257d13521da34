import {
  type Cluster,
  type Deployment,
  type EndpointSlice,
  type Ingress,
  type Pod,
  type Service,
} from "../../components/live/cluster";

/** What a fake cluster holds. A test changes it and calls `change`, as the API's watch would. */
export interface FakeObjects {
  ingresses: Ingress[];
  services: Service[];
  deployments: Deployment[];
  endpointSlices: EndpointSlice[];
  pods: Pod[];
}

export class FakeCluster implements Cluster {
  readonly objects: FakeObjects = { ingresses: [], services: [], deployments: [], endpointSlices: [], pods: [] };
  private readonly watchers = new Set<() => void>();

  /** Resolves when someone watches. */
  readonly watched: Promise<void>;
  private tellWatched: () => void = () => undefined;

  constructor(objects: Partial<FakeObjects> = {}) {
    Object.assign(this.objects, objects);
    this.watched = new Promise((resolve) => (this.tellWatched = resolve));
  }

  change(objects: Partial<FakeObjects>): void {
    Object.assign(this.objects, objects);
    for (const tell of this.watchers) tell();
  }

  ingresses = () => Promise.resolve(this.objects.ingresses);
  services = () => Promise.resolve(this.objects.services);
  deployments = () => Promise.resolve(this.objects.deployments);
  endpointSlices = () => Promise.resolve(this.objects.endpointSlices);
  pods = (labels: Readonly<Record<string, string>>) =>
    Promise.resolve(
      this.objects.pods.filter((pod) =>
        Object.entries(labels).every(([key, value]) => pod.metadata?.labels?.[key] === value),
      ),
    );

  watchEndpoints(changed: () => void, signal: AbortSignal): Promise<void> {
    this.watchers.add(changed);
    this.tellWatched();
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        this.watchers.delete(changed);
        resolve();
      });
    });
  }
}

/** A slice of the Service `name` with this many ready endpoints. */
export function slice(name: string, ready: number, base = 0): EndpointSlice {
  return {
    metadata: { labels: { "kubernetes.io/service-name": name } },
    endpoints: Array.from({ length: ready }, (_, index) => ({
      addresses: [`10.0.0.${base + index}`],
      conditions: { ready: true },
    })),
  };
}
