import { colors } from "../components/model/color";
import { names } from "../components/model/names";
import { type Manifest } from "./manifest";

/** What an object is for, in a sentence or two for whoever reads its file. */
export function documentOf(manifest: Manifest): string {
  const color = colors.find((each) => each === manifest.metadata.labels?.["cyan.dev/color"]);
  if (color !== undefined) return ofColor[manifest.kind]?.(color, manifest) ?? "";
  if (manifest.kind === "Namespace")
    return "Where all of the release is. Its pods are held to the restricted level of pod security.";
  return roleOf(manifest);
}

type Sentence = (color: string, manifest: Manifest) => string;

const ofColor: Readonly<Record<string, Sentence | undefined>> = {
  Deployment: (color, { spec }) => {
    const scaled = !("replicas" in (spec as object));
    return `What ${color} runs. In an update no pod goes before another is ready.${scaled ? " The autoscaler has the number of pods, so it is not written here." : ""}`;
  },
  Service: (color) => `What the routes name when they lead to ${color}. Nothing in it changes with a release.`,
  ServiceAccount: (color) => `What the pods of ${color} run as. They get no token of the API server.`,
  ConfigMap: (color) =>
    `The files of ${color}. Other content is another object, by the hash in its name, so that a rollback brings its own back.`,
  HorizontalPodAutoscaler: (color) => `How many pods ${color} has, by CPU.`,
  PodDisruptionBudget: (color) => `Upkeep of the cluster takes one pod of ${color} at a time.`,
  NetworkPolicy: (color) => `Who may call the pods of ${color}, and whom they may call.`,
};

/** Routes have the names of their roles. */
function roleOf({ kind, metadata: { name, labels }, spec }: Manifest): string {
  const service = labels?.["app.kubernetes.io/name"] ?? "";
  if (name === names.preview(service)) return "Shows the idle color.";
  if (kind === "Rollout")
    return "Which color runs as the version that serves or is tried, and at which weight it stands.";
  if (name === names.stable(service)) {
    return kind === "Service" ? "The controller makes it select the version that serves." : "Where requests come in.";
  }
  if (name === names.canary(service) && kind === "Service") {
    return "The controller makes it select the version that is tried, and the one that serves when there is none.";
  }
  if (name === names.canary(service)) {
    return "Leads the canary's share to the idle color. It stays at a weight of 0, so that the controller knows both colors.";
  }
  if (name === names.mirror(service))
    return "Sends copies of requests to the idle color; their answers are thrown away.";
  if (colors.some((color) => name === names.environment(service, color))) return "How one color is called.";
  if (kind === "Service") {
    const { selector } = spec as { readonly selector: Readonly<Record<string, string>> };
    const selected =
      "cyan.dev/color" in selector ? "the color that serves" : "the pods of both colors, which share by their number";
    return `What callers of ${service} use who come by no other route: selects ${selected}.`;
  }
  return `Leads requests for ${service} to the colors.`;
}

const ofController: Readonly<Record<string, (name: string) => string>> = {
  Rollout: () => "What runs, and how another version of it is brought out. The steps are those of the stack's rollout.",
  AnalysisTemplate: () => "What judges a release. The limits are arguments, for the service to have its own.",
  Canary: (name) =>
    `How another version of the Deployment ${name} is brought out. Flagger makes ${name}-primary, which serves.`,
  MetricTemplate: () => "One number that judges a release; the Canary has its limit.",
  Deployment: (name) =>
    `What the next version of ${name} is written to. Flagger copies it to ${name}-primary when it is good.`,
  Ingress: () => "Where requests come in.",
  ServiceAccount: () => "What the pods run as. They get no token of the API server.",
  ConfigMap: () =>
    "The files of the pods. Other content is another object, by the hash in its name, so that a rollback finds its own.",
  HorizontalPodAutoscaler: () => "How many pods there are, by CPU.",
  PodDisruptionBudget: () => "Upkeep of the cluster takes one pod at a time.",
  NetworkPolicy: () => "Who may call the pods, and whom they may call.",
};

/** As `documentOf`, for what a controller is given. */
export function controllerDocumentOf(manifest: Manifest): string {
  const { kind, metadata } = manifest;
  const service = metadata.labels?.["app.kubernetes.io/name"] ?? "";
  if (kind === "Service" && metadata.name === service)
    return "What callers use. The controller makes it select the version that serves.";
  if (kind === "Service") return "The controller makes it select the version that does not serve yet.";
  if (metadata.name === names.preview(service)) return "Shows the version that does not serve yet.";
  return ofController[kind]?.(metadata.name) ?? documentOf(manifest);
}
