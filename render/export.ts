import { argoRollouts } from "./argo-rollouts";
import { type ExportArgs, type Exporter } from "./exporter";
import { flagger } from "./flagger";
import { type ControllerKind } from "./kinds";
import { type Folder } from "./layout";
import { type Manifest } from "./manifest";
import { type SingleWorkload, singleWorkloads, unmarked } from "./single-workload";

const exporters = { "argo-rollouts": argoRollouts, flagger } as const satisfies Record<ControllerKind, Exporter>;

/** A release for a controller that keeps the versions itself: everything in one folder. */
export interface Exported {
  readonly folder: Folder;
  readonly workloads: readonly SingleWorkload[];
  /** What of the settings the controller cannot do. */
  readonly notes: readonly string[];
}

/** @param manifests those of the router `ingress-nginx`. */
export function exported(kind: ControllerKind, manifests: readonly Manifest[], args: ExportArgs): Exported {
  const workloads = singleWorkloads(manifests, args.settings);
  const namespaces = manifests.filter(({ kind: each }) => each === "Namespace").map(unmarked);
  const objects = [...namespaces, ...workloads.flatMap((workload) => exporters[kind](workload, args))];
  const about = `The release for ${kind}, ${args.strategy}. The images are set here: kustomize edit set image NAME=NAME:TAG`;
  return {
    folder: { name: "", objects, about },
    workloads,
    notes: workloads.flatMap((each) => left(each, kind, args)),
  };
}

/** What of a service's settings has no place in the objects. */
function left({ name, preview, canaryBy }: SingleWorkload, kind: ControllerKind, { strategy }: ExportArgs): string[] {
  const by = Object.keys(canaryBy).length > 0;
  return [
    ...(preview && strategy === "canary"
      ? [`${name}: previewHost is left out, for ingress-nginx splits by Service and a canary's can have no other route`]
      : []),
    ...(by && kind === "flagger"
      ? [`${name}: canary.header and canary.cookie are left out, for flagger splits by them or by weight, not by both`]
      : []),
    ...(by && strategy === "blue-green"
      ? [
          `${name}: canary.header and canary.cookie are left out, for what does not serve has a host of its own, previewHost`,
        ]
      : []),
  ];
}
