import { delimiter, join } from "node:path";
import { SandboxError } from "../report";
import { type AddonName } from "../toolchain/addons";
import { borrowed } from "./borrowed";
import { network } from "./network";
import { type SandboxPaths } from "./paths";
import { childrenOf, type DaemonRecord, hostPids, isAlive } from "./record";
import { type ClusterStatus, type ProcessStatus, readJson } from "./status";

/** The passphrase of the sandbox's own stacks. Their config holds no secret; a real stack has its own. */
const passphrase = "cyan-sandbox";

/**
 * The running embedded cluster.
 *
 * @throws SandboxError when there is none.
 */
export function running(paths: SandboxPaths): DaemonRecord {
  const daemon = readJson<DaemonRecord>(paths.daemon);
  if (daemon === undefined || !isAlive(daemon)) {
    throw new SandboxError("the sandbox is not up; bring it up with: npx cyan sandbox up");
  }
  return daemon;
}

/** The variables with which plain `pulumi` and `kubectl` work on the embedded cluster. */
export function shellVariables(paths: SandboxPaths, env: NodeJS.ProcessEnv): Record<string, string> {
  const { prometheus } = sandboxStatus(paths);
  const path = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== paths.bin);
  return {
    PATH: [paths.bin, ...path].join(delimiter),
    KUBECONFIG: borrowed(paths) === undefined ? paths.kubeconfig : paths.borrowedKubeconfig,
    PULUMI_HOME: paths.pulumi,
    PULUMI_BACKEND_URL: `file://${join(paths.pulumi, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The sandbox brings the one plugin that a release needs; looking for others takes seconds where there is no network.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...(prometheus !== "" && { CYAN_PROMETHEUS: prometheus }),
  };
}

/** Lines for `eval`, quoted for a POSIX shell. */
export function exportLines(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
}

/** `argv` run inside the cluster's network namespace. */
export function insideNetwork(daemon: DaemonRecord, argv: readonly string[]): string[] {
  const [init] = childrenOf(daemon.namespacePid);
  if (init === undefined) throw new SandboxError("the sandbox is ending; try again in a moment");
  return ["nsenter", `--net=/proc/${String(init)}/ns/net`, "--", ...argv];
}

/** One process of the cluster as the host sees it. */
export interface PartStatus extends Omit<ProcessStatus, "pid"> {
  /** Its id on the host; 0 when it does not run. */
  readonly pid: number;
}

export interface SandboxStatus {
  readonly state: "down" | ClusterStatus["phase"];
  readonly message: string;
  /** Where the host reaches the ingress controller. */
  readonly ingress: string;
  /** The same place, as seen inside the network namespace. */
  readonly ingressInside: string;
  /** Where the host reaches Prometheus; empty where a cluster is used that was there already. */
  readonly prometheus: string;
  readonly kubeconfig: string;
  /** Those that do their work. */
  readonly addons: readonly AddonName[];
  readonly parts: readonly PartStatus[];
}

/** How the embedded cluster stands now. */
export function sandboxStatus(paths: SandboxPaths): SandboxStatus {
  const other = borrowed(paths);
  if (other !== undefined) {
    const { context, ingress } = other;
    const message = `the cluster of context ${context}`;
    return {
      state: "ready",
      message,
      ingress,
      ingressInside: ingress,
      prometheus: "",
      kubeconfig: paths.borrowedKubeconfig,
      addons: [],
      parts: [],
    };
  }
  const daemon = readJson<DaemonRecord>(paths.daemon);
  const status = readJson<ClusterStatus>(paths.status);
  const base = { kubeconfig: paths.kubeconfig, ingressInside: `http://127.0.0.1:${String(network.ingressPort)}` };
  if (daemon === undefined || status?.run !== daemon.run || !isAlive(daemon)) {
    return {
      ...base,
      state: "down",
      message: "bring it up with: npx cyan sandbox up",
      ingress: "",
      prometheus: "",
      addons: [],
      parts: [],
    };
  }
  const [init] = childrenOf(daemon.namespacePid);
  const pids = init === undefined ? new Map<number, number>() : hostPids(init);
  const parts = status.processes.map((each): PartStatus => {
    const pid = pids.get(each.pid) ?? 0;
    // One that has just ended is restarting, though the supervisor has not said so yet.
    return { ...each, pid, state: pid === 0 ? "restarting" : each.state };
  });
  const supervised = pids.has(status.supervisor);
  const ready = status.phase === "ready" && supervised && parts.every((part) => part.state === "ready");
  return {
    ...base,
    state: status.phase === "ready" && !ready ? "starting" : status.phase,
    message: status.message,
    ingress: `http://127.0.0.1:${String(daemon.ingressPort)}`,
    prometheus: `http://127.0.0.1:${String(daemon.prometheusPort)}`,
    addons: status.addons,
    parts,
  };
}

/** Where requests enter the cluster, and how a command gets to where they can be sent from. */
export interface Entrance {
  readonly origin: string;
  /** True when the user named the place, and it need not be this machine. */
  readonly anywhere: boolean;
  readonly wrap: (argv: readonly string[]) => readonly string[];
}

/**
 * The entrance of the checkout's cluster: the embedded one, or the one that `up --context` chose.
 *
 * @throws SandboxError when there is none.
 */
export function entrance(paths: SandboxPaths): Entrance {
  const other = borrowed(paths);
  if (other !== undefined) return { origin: other.ingress, anywhere: true, wrap: (argv) => argv };
  const daemon = running(paths);
  const origin = `http://127.0.0.1:${network.ingressPort}`;
  return { origin, anywhere: false, wrap: (argv) => insideNetwork(daemon, argv) };
}
