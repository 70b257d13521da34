import {
  type Change,
  type Cluster,
  type Deployment,
  type EndpointSlice,
  type HttpAnswer,
  type Job,
  type JobManifest,
  type KubernetesObject,
  type ObjectKind,
  type Pod,
  type Service,
} from "../../components/live/cluster";

/** What a fake cluster holds. A test changes it and calls `change`, as the API's watch would. */
export interface FakeObjects {
  /** By kind; a kind that is not here is one that the cluster does not know. */
  kinds: Readonly<Record<string, readonly KubernetesObject[]>>;
  services: Service[];
  deployments: Deployment[];
  endpointSlices: EndpointSlice[];
  pods: Pod[];
  /** The namespace itself; absent when there is none. */
  namespace?: KubernetesObject;
  /** How the one Job stands, once it was created. */
  job?: Job;
  /** By pod. */
  logs?: Readonly<Record<string, string>>;
  /** By Service, port and path, such as `shop-green:80/`. What is not here is refused. */
  answers?: Readonly<Record<string, HttpAnswer>>;
  /** Those that all namespaces have, of ingress controllers. */
  controllers?: Pod[];
}

export class FakeCluster implements Cluster {
  readonly held: FakeObjects = { kinds: {}, services: [], deployments: [], endpointSlices: [], pods: [] };
  private readonly watchers = new Set<() => void>();

  /** Resolves when someone watches. */
  readonly watched: Promise<void>;
  private tellWatched: () => void = () => undefined;

  constructor(objects: Partial<FakeObjects> = {}) {
    Object.assign(this.held, objects);
    this.watched = new Promise((resolve) => (this.tellWatched = resolve));
  }

  change(objects: Partial<FakeObjects>): void {
    Object.assign(this.held, objects);
    for (const tell of this.watchers) tell();
  }

  /** Every patch that was written, in its order. */
  readonly patches: { readonly kind: string; readonly name: string; readonly change: Change }[] = [];

  objects = ({ kind }: ObjectKind) => Promise.resolve(this.held.kinds[kind]);
  patch = ({ kind }: ObjectKind, name: string, change: Change) => {
    this.patches.push({ kind, name, change });
    return Promise.resolve();
  };
  namespace = () => Promise.resolve(this.held.namespace);
  services = () => Promise.resolve(this.held.services);
  deployments = () => Promise.resolve(this.held.deployments);
  endpointSlices = () => Promise.resolve(this.held.endpointSlices);
  pods = (labels: Readonly<Record<string, string>>) =>
    Promise.resolve(
      this.held.pods.filter((pod) =>
        Object.entries(labels).every(([key, value]) => pod.metadata?.labels?.[key] === value),
      ),
    );

  /** Every request to a Service, in its order. */
  readonly requests: string[] = [];
  /** Every Job that was created, in its order. */
  readonly created: JobManifest[] = [];

  get = (service: string, port: number, path: string) => {
    const asked = `${service}:${port}${path}`;
    this.requests.push(asked);
    const answer = this.held.answers?.[asked];
    return answer === undefined ? Promise.reject(new Error("connect ECONNREFUSED")) : Promise.resolve(answer);
  };
  createJob = (job: JobManifest) => {
    this.created.push(job);
    return Promise.resolve(`${job.metadata.generateName}${this.created.length}`);
  };
  job = () => Promise.resolve(this.held.job ?? {});
  log = (pod: string, lines: number) =>
    Promise.resolve((this.held.logs?.[pod] ?? "").split("\n").slice(-lines).join("\n"));

  watchJob(_: string, changed: () => void, signal: AbortSignal): Promise<void> {
    return this.watchEndpoints(changed, signal);
  }
  watch(_: ObjectKind, changed: () => void, signal: AbortSignal): Promise<void> {
    return this.watchEndpoints(changed, signal);
  }
  podsEverywhere = () => Promise.resolve(this.held.controllers ?? []);

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
