import { type KubernetesObject, type ObjectKind } from "../../live/cluster";

export const analysisRunKind: ObjectKind = { apiVersion: "argoproj.io/v1alpha1", kind: "AnalysisRun" };
/** By which the controller tells versions apart. */
export const versionLabel = "rollouts-pod-template-hash";

type Phase = "" | "Pending" | "Running" | "Successful" | "Failed" | "Error" | "Inconclusive";

/** https://github.com/argoproj/argo-rollouts/blob/master/pkg/apis/rollouts/v1alpha1/analysis_types.go */
export interface AnalysisRun extends KubernetesObject {
  readonly spec?: { readonly metrics?: readonly { readonly interval?: string; readonly count?: number | string }[] };
  readonly status?: { readonly phase?: Phase; readonly message?: string };
}

/** What a Rollout says of an analysis that it has begun. */
export interface RunStatus {
  readonly name: string;
  readonly status?: Phase;
  readonly message?: string;
}

/** Whether a run ends without being ended: each of its metrics is looked at a number of times, or once. */
function endsByItself({ spec }: AnalysisRun): boolean {
  return (spec?.metrics ?? []).every(({ interval = "", count = 0 }) => Number(count) > 0 || interval === "");
}

/**
 * What an update has to wait for, of an analysis that judges a version; undefined when nothing. One that goes on until the
 * version is left is not waited for.
 *
 * @throws Error when it came to no verdict: the controller waits for a person then.
 */
export function unjudged(service: string, judging: RunStatus, runs: readonly AnalysisRun[]): string | undefined {
  const { name, status = "", message } = judging;
  if (status === "Successful") return undefined;
  const says = `AnalysisRun ${name} is ${status || "not begun"}${message ? `: ${message}` : ""}`;
  if (status === "Inconclusive") {
    const remedy = "go on by declaring what serves, or the version that was judged, as activeColor";
    throw new Error(`${service}: ${says}; Argo Rollouts waits, and ${remedy}`);
  }
  const run = runs.find(({ metadata }) => metadata?.name === name);
  return status === "Running" && run !== undefined && !endsByItself(run) ? undefined : says;
}

/** The run that a version was given up for, where what the controller says of that is what the run says. */
export function failedRun(version: string | undefined, says: string, runs: readonly AnalysisRun[]): string | undefined {
  const failed = runs.filter(({ metadata, status = {} }) => {
    const { phase, message = "" } = status;
    const judged = version !== undefined && metadata?.labels?.[versionLabel] === version;
    return judged && (phase === "Failed" || phase === "Error") && message !== "" && says.endsWith(message);
  });
  const began = ({ metadata }: AnalysisRun): number => metadata?.creationTimestamp?.getTime() ?? 0;
  return failed.toSorted((one, two) => began(two) - began(one))[0]?.metadata?.name;
}
