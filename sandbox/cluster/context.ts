import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import { KubeConfig, NetworkingV1Api } from "@kubernetes/client-node";
import { type Reporter, SandboxError } from "../report";
import { findExecutable } from "../toolchain/locate";
import { type SandboxPaths } from "./paths";
import { readJson, writeJson } from "./status";

/** A cluster that was there already, used in the place of the embedded one. */
export interface BorrowedCluster {
  readonly context: string;
  /** Where its ingress controller is reached. */
  readonly ingress: string;
}

interface ContextArgs extends BorrowedCluster {
  readonly paths: SandboxPaths;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Reporter;
}

/** The borrowed cluster of this checkout, if `up --context` chose one. */
export function borrowed(paths: SandboxPaths): BorrowedCluster | undefined {
  return readJson<BorrowedCluster>(paths.borrowed);
}

/** Goes back to the embedded cluster. */
export function giveBack(paths: SandboxPaths): void {
  for (const file of [paths.borrowed, paths.borrowedKubeconfig]) rmSync(file, { force: true });
}

/**
 * Makes the sandbox's shell use a cluster that is there already. Nothing is built, started, or changed in the cluster.
 *
 * @throws SandboxError for an unknown context, a cluster that does not answer, one without an ingress class, or a
 * machine without Pulumi.
 */
export async function useContext(args: ContextArgs): Promise<void> {
  const { context, ingress, paths, report } = args;
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromDefault();
  const names = kubeconfig.getContexts().map((each) => each.name);
  if (!names.includes(context)) {
    const known = names.length === 0 ? "the kubeconfig has none" : `there are ${names.join(", ")}`;
    throw new SandboxError(`no context ${context}: ${known}`);
  }
  if (findExecutable("pulumi", (args.env["PATH"] ?? "").split(delimiter)) === undefined) {
    throw new SandboxError("a cluster of your own needs the Pulumi CLI on PATH: https://www.pulumi.com/docs/install");
  }
  kubeconfig.setCurrentContext(context);
  const classes = await ingressClasses(kubeconfig, context);
  if (!classes.some((each) => each.name === "nginx")) {
    const found = classes.length === 0 ? "it has none" : `it has ${classes.map((each) => each.name).join(", ")}`;
    report({
      event: "warning",
      text: `${context} has no IngressClass nginx (${found}); set ingress.className, or install Traefik or ingress-nginx`,
    });
  }
  mkdirSync(paths.root, { recursive: true });
  writeFileSync(paths.borrowedKubeconfig, minified(kubeconfig), { mode: 0o600 });
  writeJson(paths.borrowed, { context, ingress } satisfies BorrowedCluster);
}

async function ingressClasses(kubeconfig: KubeConfig, context: string): Promise<{ name: string }[]> {
  try {
    const { items } = await kubeconfig.makeApiClient(NetworkingV1Api).listIngressClass({ timeoutSeconds: 10 });
    return items.map((item) => ({ name: item.metadata?.name ?? "" }));
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new SandboxError(`the cluster of context ${context} does not answer: ${why ?? ""}`);
  }
}

/** The kubeconfig with its current context alone. */
function minified(kubeconfig: KubeConfig): string {
  const context = kubeconfig.getContextObject(kubeconfig.currentContext);
  const only = new KubeConfig();
  const cluster = kubeconfig.getCurrentCluster();
  const user = kubeconfig.getCurrentUser();
  only.loadFromOptions({
    clusters: cluster === null ? [] : [cluster],
    users: user === null ? [] : [user],
    contexts: context === null ? [] : [context],
    currentContext: kubeconfig.currentContext,
  });
  return only.exportConfig();
}
