/** The parts of Kubernetes' objects that live traffic is read from, as the API has them. */

export interface Metadata {
  readonly name?: string;
  readonly uid?: string;
  /** Counts the changes of the spec. */
  readonly generation?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[];
  /** Who wrote last, and when; `subresource` is `status` for what a controller reports. */
  readonly managedFields?: readonly {
    readonly time?: Date;
    readonly subresource?: string;
    readonly manager?: string;
  }[];
  readonly creationTimestamp?: Date;
}

/** A kind of object, as its manifests name it. */
export interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Any object. What else it has, its kind says. */
export interface KubernetesObject {
  readonly metadata?: Metadata;
}

export interface Service {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly port: number }[];
    readonly type?: string;
  };
}

export interface Deployment {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly replicas?: number;
    readonly template: {
      readonly metadata?: Metadata;
      readonly spec?: { readonly containers: readonly { readonly image?: string }[] };
    };
  };
}

export interface EndpointSlice {
  readonly metadata?: Metadata;
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean; readonly terminating?: boolean };
    /** The pod. */
    readonly targetRef?: { readonly name?: string };
  }[];
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string; readonly exitCode: number };
}

export interface Pod {
  readonly metadata?: Metadata & { readonly deletionTimestamp?: Date };
  readonly spec?: { readonly containers: readonly { readonly image?: string; readonly args?: readonly string[] }[] };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      /** False until the startup probe has passed. */
      readonly started?: boolean;
      readonly restartCount: number;
      readonly state?: ContainerState;
      readonly lastState?: ContainerState;
    }[];
  };
}

/** What a merge patch writes: annotations by name, and parts of the spec. */
export interface Change {
  readonly metadata?: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec?: object;
}

/** A Job as it is asked for; its name is the API server's to make. */
export interface JobManifest {
  readonly metadata: { readonly generateName: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: object;
}

export interface Job {
  readonly metadata?: Metadata;
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** What a Service answered. */
export interface HttpAnswer {
  readonly status: number;
  /** As text, and no more than its first mebibyte. */
  readonly body: string;
}

export const serviceKind: ObjectKind = { apiVersion: "v1", kind: "Service" };
export const deploymentKind: ObjectKind = { apiVersion: "apps/v1", kind: "Deployment" };

/** One namespace of a cluster. Each list fails as the API does; an absent namespace has nothing in it. */
export interface Cluster {
  /** The namespace itself; undefined when there is none. One that must not be read has neither label nor annotation. */
  namespace(): Promise<KubernetesObject | undefined>;
  /** The objects of a kind; undefined when the cluster does not know the kind. */
  objects(kind: ObjectKind): Promise<readonly KubernetesObject[] | undefined>;
  services(): Promise<readonly Service[]>;
  deployments(): Promise<readonly Deployment[]>;
  endpointSlices(): Promise<readonly EndpointSlice[]>;
  /** The pods with these labels. */
  pods(labels: Readonly<Record<string, string>>): Promise<readonly Pod[]>;
  /** The pods of all namespaces that a label selector finds. */
  podsEverywhere(selector: string): Promise<readonly Pod[]>;
  /** Changes one object at once, by a merge patch (RFC 7386): a list in `change` takes the place of the whole list. */
  patch(kind: ObjectKind, name: string, change: Change): Promise<void>;
  /** Calls back at each change of an EndpointSlice, until the signal fires; a watch that the server ends is renewed. */
  watchEndpoints(changed: () => void, signal: AbortSignal): Promise<void>;
  /**
   * As `watchEndpoints`, for the objects of a kind.
   *
   * @throws Error when the cluster does not know the kind.
   */
  watch(kind: ObjectKind, changed: () => void, signal: AbortSignal): Promise<void>;
  /** Asks a Service with GET, by the API server's proxy: that works from where the Service itself is not reached. */
  get(service: string, port: number, path: string, signal: AbortSignal): Promise<HttpAnswer>;
  /** Gives the name that the Job got. */
  createJob(job: JobManifest): Promise<string>;
  job(name: string): Promise<Job>;
  /** As `watchEndpoints`, for the Job of that name. */
  watchJob(name: string, changed: () => void, signal: AbortSignal): Promise<void>;
  /** The last lines that a pod's container wrote. */
  log(pod: string, lines: number): Promise<string>;
}
