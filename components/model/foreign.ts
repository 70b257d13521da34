/** What of a service's live objects Cyan did not make. Names of objects have their kind before them: `Ingress shop`. */
export interface Foreign {
  /** The Service for callers inside the cluster, which adopting takes over. */
  readonly service?: ForeignService;
  /** What serves the live requests; absent when a color does, or nothing. */
  readonly serving?: ForeignServing;
  /** Objects that have the name of one of a color's own, or of its preview. They cannot be adopted. */
  readonly taken: readonly string[];
}

export interface ForeignService {
  readonly object: string;
  readonly ports: readonly number[];
  /** `ClusterIP`, `NodePort` or `LoadBalancer`. */
  readonly type: string;
  /** Names of the annotations that were written for someone who reads them. */
  readonly annotations: readonly string[];
  /** Other fields of its spec that someone set. */
  readonly fields: readonly string[];
}

export interface ForeignServing {
  /** Name of the Service that gets the live requests. */
  readonly service: string;
  /** Its endpoints that are ready and not ending. */
  readonly ready: number;
  /** Deployments whose pods it selects. */
  readonly deployments: readonly string[];
  /** Whether its selector matches the pods of both colors too, which would get requests before any gate. */
  readonly selectsColors: boolean;
}

/** A route that has the name of a service's main route. */
export interface ForeignRoute {
  readonly object: string;
  /** Where it takes requests, in its order. */
  readonly places: readonly ForeignPlace[];
  /** Absent when it leaves the class to the cluster's default. */
  readonly className?: string;
  /** Secret of each TLS host. */
  readonly tls: Readonly<Record<string, string>>;
  /** Names of the annotations that were written for someone who reads them. */
  readonly annotations: readonly string[];
  /** Canary route beside it that is not Cyan's either. */
  readonly canary?: string;
}

export interface ForeignPlace {
  /** Empty for any host. */
  readonly host: string;
  readonly path: string;
  /** How the path matches, as Kubernetes calls it. */
  readonly pathType: string;
  /** Name of the Service behind it; absent for another kind of backend. */
  readonly service?: string;
}
