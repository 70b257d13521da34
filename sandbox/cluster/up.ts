import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { buildImages } from "../demo/images";
import { type Reporter, SandboxError } from "../report";
import { type AddonName } from "../toolchain/addons";
import { cacheFolder, exclusive } from "../toolchain/cache";
import { machineArch } from "../toolchain/parts";
import { ensureTools, type Toolchain } from "../toolchain/toolchain";
import { sandboxStatus } from "./access";
import { type ClusterConfig, type HostPorts } from "./config";
import { giveBack } from "./borrowed";
import { down } from "./down";
import { type SandboxPaths } from "./paths";
import { childrenOf, type DaemonRecord, hostPids, isAlive } from "./record";
import { type ClusterStatus, readJson, writeJson } from "./status";

export interface SandboxArgs {
  readonly paths: SandboxPaths;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Reporter;
  readonly signal: AbortSignal;
  /**
   * What the cluster has besides; what it has already, it keeps.
   *
   * @default none
   */
  readonly addons?: readonly AddonName[];
}

/** The binaries that a user's shell needs to have on its PATH; the last one where the cluster has its controller. */
const userTools = ["pulumi", "pulumi-language-nodejs", "kubectl", "kubectl-argo-rollouts"];

/**
 * Brings the embedded cluster up, or mends the one that is there. Resolves when every part does its work.
 *
 * @throws SandboxError where the machine cannot run it, with the ways that are open; or when a part does not come up.
 */
export async function up(args: SandboxArgs): Promise<DaemonRecord> {
  const { paths, report } = args;
  assertMachine();
  mkdirSync(join(paths.root, ".."), { recursive: true });
  const release = await exclusive(paths.root, report);
  try {
    giveBack(paths);
    const before = readJson<DaemonRecord>(paths.daemon);
    const alive = before !== undefined && (await settle(before, args)) === "ready";
    const kept = readJson<ClusterConfig>(configFile(paths));
    const addons = [...new Set([...(kept?.addons ?? []), ...(args.addons ?? [])])];
    if (alive && addons.every((name) => sandboxStatus(paths).addons.includes(name))) return before;
    const tools = await ensureTools({ ...args, addons, cache: cacheFolder(args.env), arch: machineArch(), fetch });
    if (alive && kept !== undefined) extend(before, { ...kept, addons, tools: pathsOf(tools) }, tools, paths);
    else await down(args, { keepData: true });
    const daemon = alive ? before : await startDaemon(await writeConfig(tools, addons, before, args), args);
    if ((await settle(daemon, args, addons)) === "ready") return daemon;
    throw new SandboxError(failure(paths));
  } finally {
    await release();
  }
}

/** @throws SandboxError on a machine that cannot hold namespaces and a kubelet. */
function assertMachine(): void {
  if (process.platform === "linux" && process.getuid?.() === 0) return;
  const why = process.platform === "linux" ? "root, for namespaces and cgroups" : "Linux";
  throw new SandboxError(
    `the embedded cluster needs ${why}. These ways are open:
  run this again as root:   sudo env "PATH=$PATH" npx cyan sandbox up
  use a kind cluster:       kind create cluster && npx cyan sandbox up --context kind-kind
  use minikube:             minikube start && npx cyan sandbox up --context minikube
  use any cluster that has Traefik 3.7 or ingress-nginx:   npx cyan sandbox up --context NAME`,
  );
}

function configFile(paths: SandboxPaths): string {
  return join(paths.root, "cluster.json");
}

/** Makes the supervisor of a running cluster start the addons that `config` has and it has not. */
function extend(daemon: DaemonRecord, config: ClusterConfig, tools: Toolchain, paths: SandboxPaths): void {
  const [init] = childrenOf(daemon.namespacePid);
  const inside = readJson<ClusterStatus>(paths.status)?.supervisor;
  const supervisor = init === undefined || inside === undefined ? undefined : hostPids(init).get(inside);
  if (supervisor === undefined) throw new SandboxError("the sandbox is ending; try again in a moment");
  linkTools(tools, paths);
  writeJson(configFile(paths), config);
  process.kill(supervisor, "SIGHUP");
}

async function writeConfig(
  tools: Toolchain,
  addons: readonly AddonName[],
  before: DaemonRecord | undefined,
  args: SandboxArgs,
): Promise<string> {
  const { paths } = args;
  for (const folder of [paths.root, paths.logs, paths.sockets, paths.bin]) mkdirSync(folder, { recursive: true });
  linkTools(tools, paths);
  const path = (name: string): string => tools.get(name)?.path ?? "";
  // A port that follows from the checkout, so that it is the same after `down`; another one if it is taken.
  const port = 20_000 + (parseInt(paths.id.slice(0, 4), 16) % 10_000) * 2;
  const config: ClusterConfig & HostPorts = {
    root: paths.root,
    sockets: paths.sockets,
    status: paths.status,
    logs: paths.logs,
    kubeconfig: paths.kubeconfig,
    cgroup: paths.cgroup,
    apiPort: before?.apiPort ?? port,
    ingressPort: before?.ingressPort ?? port + 1,
    prometheusPort: before?.prometheusPort ?? port / 2,
    tools: pathsOf(tools),
    images: await buildImages({ demo: path("cyan-demo"), pause: path("cyan-pause") }, join(paths.root, "images")),
    addons,
  };
  writeJson(configFile(paths), config);
  return configFile(paths);
}

function pathsOf(tools: Toolchain): ClusterConfig["tools"] {
  return Object.fromEntries([...tools].map(([name, tool]) => [name, tool.path]));
}

function linkTools(tools: Toolchain, paths: SandboxPaths): void {
  const link = (from: string, to: string): void => {
    rmSync(to, { force: true });
    symlinkSync(from, to);
  };
  for (const name of userTools) {
    const tool = tools.get(name);
    if (tool !== undefined) place(tool.path, join(paths.bin, name));
  }
  const plugin = join(paths.pulumi, "plugins", "resource-kubernetes-v4.25.0");
  mkdirSync(plugin, { recursive: true });
  mkdirSync(join(paths.pulumi, "state"), { recursive: true });
  const provider = "pulumi-resource-kubernetes";
  link(tools.get(provider)?.path ?? "", join(plugin, provider));
}

/**
 * Puts a binary beside the others under its own name. Not by a symbolic link: `pulumi` looks for its language host beside
 * the file that it is, and warns when it finds it elsewhere.
 */
function place(from: string, to: string): void {
  // One that runs is not taken away.
  if (existsSync(to) && statSync(to).ino === statSync(from).ino) return;
  rmSync(to, { force: true });
  try {
    linkSync(realpathSync(from), to);
  } catch {
    copyFileSync(from, to); // Another file system.
  }
}

async function startDaemon(config: string, args: SandboxArgs): Promise<DaemonRecord> {
  const { paths } = args;
  const run = randomUUID();
  const log = openSync(join(paths.logs, "daemon.log"), "a");
  const cwd = join(__dirname, "..", "..");
  const argv = ["-r", join(cwd, "register.js"), join(__dirname, "daemon.ts"), config, paths.daemon, run];
  const child = spawn(process.execPath, argv, { cwd, detached: true, stdio: ["ignore", log, log] });
  child.unref();
  for (;;) {
    const record = readJson<DaemonRecord>(paths.daemon);
    if (record?.run === run) return record;
    if (child.exitCode !== null)
      throw new SandboxError(`the sandbox did not start:\n${tail(join(paths.logs, "daemon.log"))}`);
    await pause(args.signal);
  }
}

/**
 * Resolves when everything that `daemon` holds does its work, and these addons do, or when it will not; tells what is
 * waited for meanwhile.
 */
async function settle(
  daemon: DaemonRecord,
  args: SandboxArgs,
  addons: readonly AddonName[] = [],
): Promise<"ready" | "ended" | "failed"> {
  let told = "";
  while (isAlive(daemon)) {
    const status = sandboxStatus(args.paths);
    const complete = addons.every((name) => status.addons.includes(name));
    if (status.state === "failed" || (status.state === "ready" && complete)) return status.state;
    const waiting = status.parts.filter((part) => part.state !== "ready").map((part) => part.name);
    const known = status.state === "down" ? "starting" : status.message;
    const message = known === "" ? `waiting for ${waiting.join(", ")}` : known;
    if (message !== told) args.report({ event: "step", text: message });
    told = message;
    await pause(args.signal);
  }
  return "ended";
}

/** Why the last start came to nothing: what the supervisor said, and the ends of the logs that matter. */
function failure(paths: SandboxPaths): string {
  const status = readJson<ClusterStatus>(paths.status);
  const names = (status?.processes ?? []).filter((each) => each.state !== "ready").map((each) => each.name);
  const logs = ["daemon", ...names].map((name) => `--- ${name}\n${tail(join(paths.logs, `${name}.log`))}`);
  return [`the sandbox did not come up: ${status?.message ?? "its supervisor did not start"}`, ...logs].join("\n");
}

function tail(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").slice(-8).join("\n") : "(no log)";
}

async function pause(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
