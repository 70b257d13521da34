import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { type Reporter, SandboxError } from "../report";
import { findExecutable } from "../toolchain/locate";
import { type BorrowedCluster } from "./borrowed";
import { type SandboxPaths } from "./paths";
import { writeJson } from "./status";

interface ContextArgs extends BorrowedCluster {
  readonly paths: SandboxPaths;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Reporter;
}

/**
 * Makes the sandbox's shell use a cluster that is there already. Nothing is built, started, or changed in the cluster.
 *
 * @throws SandboxError for an unknown context, a cluster that does not answer, one without an ingress class, or a
 * machine without Pulumi.
 */
export async function useContext(args: ContextArgs): Promise<void> {
  const { context, ingress, paths, report } = args;
  const client = await loadClient();
  const kubeconfig = new client.KubeConfig();
  try {
    kubeconfig.loadFromDefault();
  } catch (error) {
    throw new SandboxError(`the kubeconfig cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const names = kubeconfig.getContexts().map((each) => each.name);
  if (!names.includes(context)) {
    const known = names.length === 0 ? "the kubeconfig has none" : `there are ${names.join(", ")}`;
    throw new SandboxError(`no context ${context}: ${known}`);
  }
  if (findExecutable("pulumi", (args.env["PATH"] ?? "").split(delimiter)) === undefined) {
    throw new SandboxError("a cluster of your own needs the Pulumi CLI on PATH: https://www.pulumi.com/docs/install");
  }
  kubeconfig.setCurrentContext(context);
  const classes = await ingressClasses(client, kubeconfig, context);
  if (!classes.some((each) => each.name === "nginx")) {
    const found = classes.length === 0 ? "it has none" : `it has ${classes.map((each) => each.name).join(", ")}`;
    report({
      event: "warning",
      text: `${context} has no IngressClass nginx (${found}); set ingress.className, or install Traefik or ingress-nginx`,
    });
  }
  mkdirSync(paths.root, { recursive: true });
  writeFileSync(paths.borrowedKubeconfig, minified(client, kubeconfig), { mode: 0o600 });
  writeJson(paths.borrowed, { context, ingress } satisfies BorrowedCluster);
}

type Client = Awaited<ReturnType<typeof loadClient>>;

/** The Kubernetes client takes longer to load than every other command takes to run. */
function loadClient() {
  return import("@kubernetes/client-node");
}

async function ingressClasses(client: Client, kubeconfig: KubeConfig, context: string): Promise<{ name: string }[]> {
  try {
    const { items } = await kubeconfig.makeApiClient(client.NetworkingV1Api).listIngressClass({ timeoutSeconds: 10 });
    return items.map((item) => ({ name: item.metadata?.name ?? "" }));
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new SandboxError(`the cluster of context ${context} does not answer: ${why ?? ""}`);
  }
}

/** The kubeconfig with its current context alone. */
function minified(client: Client, kubeconfig: KubeConfig): string {
  const context = kubeconfig.getContextObject(kubeconfig.currentContext);
  const only = new client.KubeConfig();
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
