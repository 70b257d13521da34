import { type Settings } from "../components/model/settings";
import { type ControllerKind, type Strategy } from "./kinds";
import { type Folder } from "./layout";
import { type Manifest } from "./manifest";
import { type AbsentSecret } from "./release-manifests";
import { type SingleWorkload } from "./single-workload";

interface ReadmeArgs {
  readonly settings: Settings;
  readonly folders: readonly Folder[];
  readonly secrets: readonly AbsentSecret[];
  readonly origin: string;
}

/** How a rendered release is applied, by hand and by what watches a repository; `kubectl` reads no Markdown. */
export function releaseReadme({ settings, folders, secrets, origin }: ReadmeArgs): string {
  const { traffic, router, namespace } = settings;
  const weight = traffic.canaryWeight === 0 ? "" : `; the other color gets ${traffic.canaryWeight} % of the requests`;
  return `# Release in ${namespace}

${origin}

Router \`${router}\`. ${traffic.activeColor} serves${weight}.

## By hand

${indented(byHand(folders, namespace, secrets))}

The order matters: routes that come before their pods lead requests to nothing. \`pulumi up\` keeps it by itself, and
\`cyan rollout\` moves the weight step by step; files cannot.

## Argo CD

Point an Application at this folder: it applies what \`kubectl apply -k\` does. The routes are in wave 1, so Argo CD syncs them when
the pods of both colors are healthy.

## Flux

One Kustomization for each of \`blue\` and \`green\` with \`wait: true\`, and one for \`routes\` that has them in \`dependsOn\`${made(folders) ? "; the\nnamespace is the business of one that comes before them" : ""}:

    spec:
      path: ./routes
      prune: true
      dependsOn: [{name: ${namespace}-blue}, {name: ${namespace}-green}]

## To move traffic

Change \`canaryWeight\` or \`activeColor\` in the stack's config, render again with \`--force\`, look at \`git diff\`, apply.
${secretsSection(secrets)}`;
}

function byHand(folders: readonly Folder[], namespace: string, secrets: readonly AbsentSecret[]): string[] {
  const all = folders.flatMap(({ name, objects }) => objects.map((object) => ({ name, object })));
  const pods = all.filter(({ object }) => object.kind === "Deployment");
  const path = folders.filter(({ name }) => name !== "").map(({ name }) => name);
  const [last = "", ...before] = path.toReversed();
  return [
    ...(made(folders) ? ["kubectl apply -f namespace.yaml"] : []),
    ...(secrets.length > 0 ? ["# the Secrets, see below"] : []),
    ...before.toReversed().map((folder) => `kubectl apply -k ${folder}`),
    ...pods.map(({ object }) => `kubectl -n ${namespace} rollout status ${objectName(object)}`),
    `kubectl apply -k ${last}`,
  ];
}

function made(folders: readonly Folder[]): boolean {
  return folders.some(({ objects }) => objects.some(({ kind }) => kind === "Namespace"));
}

function objectName({ kind, metadata }: Manifest): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}

interface ControllerReadmeArgs {
  readonly kind: ControllerKind;
  readonly strategy: Strategy;
  readonly settings: Settings;
  readonly workloads: readonly SingleWorkload[];
  readonly judged: boolean;
  readonly notes: readonly string[];
  readonly secrets: readonly AbsentSecret[];
  readonly origin: string;
}

/** How a release is brought out by a controller, and what became of the settings. */
export function controllerReadme(args: ControllerReadmeArgs): string {
  const { kind, strategy, settings, workloads, judged, notes, secrets, origin } = args;
  const { namespace } = settings;
  const { commands, wants } = controllers[kind];
  const judge = judged
    ? "Prometheus has to scrape the ingress controller; the limits stand in the templates."
    : "Nothing judges a release: render with --prometheus URL for templates that do.";
  return `# Release in ${namespace} by ${kind}

${origin}

Strategy ${strategy}. It is written for ${wants}.
${judge}

    kubectl apply -k .

Both colors of Cyan are two versions of one workload here: what ${settings.traffic.activeColor} runs is written, and the
other color's image is the next release:

${indented(workloads.flatMap((workload) => commands(workload)))}

${mapped(kind, strategy)}
${notes.map((note) => `\n- ${note}`).join("")}
${secretsSection(secrets)}`;
}

interface ControllerWords {
  readonly wants: string;
  readonly commands: (workload: SingleWorkload) => readonly string[];
}

const controllers: Readonly<Record<ControllerKind, ControllerWords>> = {
  "argo-rollouts": {
    wants: "Argo Rollouts 1.10 and ingress-nginx",
    commands: ({ name, namespace, next }) => [
      `kubectl argo rollouts -n ${namespace} set image ${name} ${name}=${next}`,
      `kubectl argo rollouts -n ${namespace} get rollout ${name} --watch`,
      `kubectl argo rollouts -n ${namespace} promote ${name}     # or: abort ${name}`,
    ],
  },
  flagger: {
    wants: "Flagger 1.44 and ingress-nginx",
    commands: ({ name, namespace, next }) => [
      `kubectl -n ${namespace} set image deployment/${name} ${name}=${next}`,
      `kubectl -n ${namespace} get canary ${name} --watch`,
    ],
  },
};

function mapped(kind: ControllerKind, strategy: Strategy): string {
  const rows: readonly (readonly [string, string])[] =
    kind === "flagger"
      ? [
          ["rollout.steps, rollout.interval", "analysis.stepWeights, analysis.interval"],
          ["rollout.approve", "a webhook confirm-promotion, asked of flagger-loadtester"],
          ["readyTimeout", "progressDeadlineSeconds"],
        ]
      : [
          ...(strategy === "canary"
            ? ([
                ["rollout.steps, rollout.interval", "steps: setWeight, pause"],
                ["rollout.approve", "a last pause, until promote"],
                ["canary.header, canary.cookie", "additionalIngressAnnotations"],
              ] as const)
            : ([
                ["rollout.approve", "autoPromotionEnabled: false"],
                ["rollout.interval", "autoPromotionSeconds, and how long the analysis watches afterwards"],
              ] as const)),
          ["drain", "scaleDownDelaySeconds, 30 at least"],
          ["readyTimeout", "progressDeadlineSeconds, with progressDeadlineAbort"],
        ];
  const table = rows.map(([from, to]) => `| \`${from.replaceAll(", ", "\`, \`")}\` | ${to} |`).join("\n");
  return `| Cyan | here |\n| --- | --- |\n${table}\n\nGates, policies and receipts are Cyan's own, and are not part of it.`;
}

/** What to do for each Secret that was left out; empty when there is none. */
export function secretsSection(secrets: readonly AbsentSecret[]): string {
  if (secrets.length === 0) return "";
  const made = secrets.map(({ name, namespace, keys }) => {
    const sources = keys.map((key) => `--from-file=${key}=PATH`).join(" ");
    return `kubectl -n ${namespace} create secret generic ${name} ${sources}`;
  });
  return `
## Secrets

Their values are not written to files. The pods name these Secrets and wait for them, so make them first, each key from a file that
holds its value alone:

${indented(made)}

In a repository keep an ExternalSecret, a SealedSecret or a file encrypted by SOPS that makes a Secret of the same name. Pods
read a Secret when they start: after a change, \`kubectl rollout restart\` those of the idle color first.
`;
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join("\n");
}
