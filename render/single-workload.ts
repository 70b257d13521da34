import { type Color, otherColor } from "../components/model/color";
import { names } from "../components/model/names";
import { type Settings } from "../components/model/settings";
import { type Manifest } from "./manifest";

/** One service as a controller wants it that keeps the versions itself: its pods once, without a color. */
export interface SingleWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** What runs, with what the color that serves is declared to run. */
  readonly deployment: Manifest;
  /** What the pods need, and what scales and protects them. */
  readonly around: readonly Manifest[];
  /** The Service for all callers. It selects the pods of every version: the controller narrows it. */
  readonly service: Manifest;
  /** Absent without a route. */
  readonly ingress?: Manifest;
  /** Shows what does not serve; leads to the Service `SERVICE-preview`. */
  readonly preview?: Manifest;
  /** Who reaches the new version besides its share, as annotations of ingress-nginx without their prefix. */
  readonly canaryBy: Readonly<Record<string, string>>;
  /** What the other color is declared to run: the next release. */
  readonly next: string;
}

const nginx = "nginx.ingress.kubernetes.io/";
/** The controller's own to write. */
const written = ["canary", "canary-weight", "canary-weight-total", "affinity-canary-behavior"];

/** The objects of a release with the router `ingress-nginx`, service by service, as its active color has them. */
export function singleWorkloads(manifests: readonly Manifest[], settings: Settings): SingleWorkload[] {
  const { activeColor } = settings.traffic;
  return settings.services.map(({ name, port, workloads }) => {
    const own = manifests.filter((each) => each.metadata.labels?.["app.kubernetes.io/name"] === name);
    const colored = own
      .filter((each) => each.metadata.labels?.["cyan.dev/color"] === activeColor && each.kind !== "Service")
      .map((each) => colorless(each, name, activeColor));
    const routes = own.filter((each) => each.metadata.labels?.["cyan.dev/color"] === undefined);
    const route = (kind: string, called: string): Manifest | undefined =>
      routes.find((each) => each.kind === kind && each.metadata.name === called);
    const [deployment, service] = [colored.find(({ kind }) => kind === "Deployment"), route("Service", name)];
    if (deployment === undefined || service === undefined) throw new Error(`${name} has a Deployment and a Service`);
    const ingress = route("Ingress", names.active(name));
    const preview = route("Ingress", names.preview(name));
    const { annotations = {} } = route("Ingress", names.canary(name))?.metadata ?? {};
    const canaryBy = Object.entries(annotations)
      .filter(([key]) => key.startsWith(`${nginx}canary`))
      .map(([key, value]) => [key.slice(nginx.length), value] as const)
      .filter(([key]) => !written.includes(key));
    return {
      ...{ name, namespace: settings.namespace, port, deployment },
      around: colored.filter((each) => each !== deployment),
      service: colorless(service, name, activeColor),
      ...(ingress && { ingress: leadingTo(colorless(ingress, name, activeColor), name) }),
      ...(preview && { preview: colorless(preview, name, activeColor) }),
      canaryBy: Object.fromEntries(canaryBy),
      next: workloads[otherColor(activeColor)].image,
    };
  });
}

/** An object whose content is changed, wherever in it a key is. */
export function rewritten(value: unknown, change: (key: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => rewritten(each, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, rewritten(change(key, each), change)] as const);
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined));
}

/** Labels and annotations by which Cyan knows its own, and which say what is not so here. */
const isMark = (key: string): boolean => key.startsWith("cyan.dev/") || key === "app.kubernetes.io/managed-by";

/** An object without them. */
export function unmarked(manifest: Manifest): Manifest {
  const plain = rewritten(manifest, (key, value) => (isMark(key) ? undefined : value)) as Manifest;
  const { annotations, ...metadata } = plain.metadata;
  const kept = annotations && Object.keys(annotations).length > 0 ? { annotations } : {};
  return { ...plain, metadata: { ...metadata, ...kept } };
}

function colorless(manifest: Manifest, service: string, color: Color): Manifest {
  const own = names.environment(service, color);
  return rewritten(unmarked(manifest), (key, value) => {
    const named = ["name", "serviceAccountName", "secretName"].includes(key) && typeof value === "string";
    return named && (value === own || value.startsWith(`${own}-`)) ? `${service}${value.slice(own.length)}` : value;
  }) as Manifest;
}

/** An Ingress whose only backend is another Service. */
function leadingTo(ingress: Manifest, service: string): Manifest {
  return rewritten(ingress, (key, value) => {
    return key === "service" && typeof value === "object" ? { ...value, name: service } : value;
  }) as Manifest;
}
