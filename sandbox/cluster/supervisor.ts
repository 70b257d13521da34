/**
 * The first process inside the cluster's namespaces: it makes the network and the files, starts every part in order,
 * keeps it running, and says how things stand in the status file. It ends when its standard input does, and with it,
 * as the namespace's only real child of process 1, ends everything.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { addons } from "./addons";
import { prepareCgroup } from "./cgroups";
import { type Check, until } from "./checks";
import { type ClusterConfig, containerdToml, inside, kubeletYaml, nodeName, tool, traefikYaml } from "./config";
import {
  identities,
  type Identity,
  kubeconfig,
  newTokens,
  serviceAccountKey,
  tokenFile,
  type Tokens,
} from "./identities";
import { Keeper } from "./keeper";
import { cniConfig, network, networkCommands } from "./network";
import { binding, clusterObjects, gatewayObjects } from "./objects";
import { serveTargets } from "./discovery";
import { prometheus, prometheusYaml } from "./prometheus";
import { apiServer, containerRuntime, controlPlane, files, node, store } from "./processes";
import { type ClusterStatus, readJson, writeJson } from "./status";

const exec = promisify(execFile);
/** How long one start may take in all; an idle machine needs a tenth of it. */
const clusterTimeout = 120_000;

async function supervise(configPath: string, run: string): Promise<void> {
  const config = configOf(configPath);
  let status: ClusterStatus = {
    run,
    supervisor: process.pid,
    phase: "starting",
    message: "",
    addons: [],
    processes: [],
  };
  const write = (change: Partial<ClusterStatus>): void => {
    status = { ...status, ...change };
    writeJson(config.status, status);
  };
  const say = (message: string): void => {
    write({ message });
  };
  const keeper = new Keeper(config.logs, (processes) => {
    write({ processes });
  });
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      const wanted = configOf(configPath);
      await startAddons(wanted, keeper, say);
      write({ phase: "ready", message: "", addons: wanted.addons });
    } catch (error) {
      write({ phase: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  };
  let attempts = attempt(() => start(config, keeper, say));
  // The config has addons that it had not before.
  process.on("SIGHUP", () => {
    attempts = attempts.then(() => attempt(() => Promise.resolve()));
  });
  await attempts;
}

function configOf(path: string): ClusterConfig {
  const config = readJson<ClusterConfig>(path);
  if (config === undefined) throw new Error(`no config at ${path}`);
  return config;
}

async function start(config: ClusterConfig, keeper: Keeper, say: (message: string) => void): Promise<void> {
  const deadline = AbortSignal.timeout(clusterTimeout);
  say("making the network");
  await prepareNamespaces();
  prepareCgroup(config.cgroup);
  const tokens = writeFiles(config);
  relay(join(config.sockets, "api.sock"), network.apiPort);
  relay(join(config.sockets, "ingress.sock"), network.ingressPort);
  relay(join(config.sockets, "prometheus.sock"), network.prometheusPort);

  say("starting etcd, kube-apiserver, containerd");
  const runtime = keeper.keep(containerRuntime(config)).then(() => importImages(config));
  await keeper.keep(store(config));
  await keeper.keep(apiServer(config, tokens.admin));
  writeKubeconfigs(config, tokens);
  await Promise.all([...controlPlane(config).map((spec) => keeper.keep(spec)), apply(config)]);

  serveTargets(tokens.prometheus);
  say("starting kubelet, kube-proxy, traefik, prometheus");
  await runtime;
  const parts = [...node(config), prometheus(config, files(config).prometheus)];
  await Promise.all(parts.map((spec) => keeper.keep(spec)));
  say("waiting for the node");
  await until(nodeReady(config), deadline);
}

/** Starts those of the config's addons that do not run yet. */
async function startAddons(config: ClusterConfig, keeper: Keeper, say: (message: string) => void): Promise<void> {
  for (const name of config.addons) {
    const { objects, role, settings = [], files: read, processes } = addons[name];
    const lacking = processes(config).filter((spec) => !keeper.keeps(spec));
    if (lacking.length === 0) continue;
    say(`starting ${lacking.map((spec) => spec.name).join(", ")}`);
    const bound = join(config.root, `${name}-binding.yaml`);
    writeFileSync(bound, stringify(binding(name, role)));
    await applyFiles(config, [...objects.map((object) => tool(config, object)), bound]);
    await kubectl(config, "wait", "--timeout=30s", "--for=condition=Established", "crd", "--all");
    const set = join(config.root, `${name}-settings.json`);
    if (settings.length > 0) {
      writeFileSync(set, listOf(settings));
      await applyFiles(config, [set]);
    }
    for (const [path, text] of Object.entries(read?.(config) ?? {})) writeFileSync(path, text);
    await Promise.all(lacking.map((spec) => keeper.keep(spec)));
  }
}

/** Private folders for what the parts write at fixed paths, and the network. */
async function prepareNamespaces(): Promise<void> {
  mkdirSync("/var/lib/cni", { recursive: true });
  for (const folder of ["/run", "/var/log", "/var/lib/cni"]) await exec("mount", ["-t", "tmpfs", "tmpfs", folder]);
  await exec("mount", ["--make-rshared", "/"]);
  mkdirSync("/var/log/pods");
  for (const [command = "", ...args] of networkCommands) await exec(command, args);
  for (const setting of ["net/ipv4/ip_forward", "net/ipv4/conf/all/route_localnet"]) {
    writeFileSync(join("/proc/sys", setting), "1");
  }
}

/** Writes every config file; tokens and keys only at the first start, so that kubeconfigs stay good. */
function writeFiles(config: ClusterConfig): Tokens {
  const at = files(config);
  for (const folder of ["cni", "certificates", "kubelet"]) mkdirSync(join(config.root, folder), { recursive: true });
  const secret = { mode: 0o600 };
  // A cluster of an earlier version may lack an identity.
  const tokens = { ...newTokens(), ...readJson<Tokens>(at.tokenValues) };
  writeJson(at.tokenValues, tokens);
  writeFileSync(at.tokens, tokenFile(tokens), secret);
  if (!existsSync(at.serviceAccountKey)) writeFileSync(at.serviceAccountKey, serviceAccountKey(), secret);
  writeFileSync(at.cni, JSON.stringify(cniConfig));
  writeFileSync(at.containerd, containerdToml(config));
  writeFileSync(at.kubelet, kubeletYaml(config));
  writeFileSync(at.traefik, traefikYaml());
  writeFileSync(at.prometheus, prometheusYaml());
  return tokens;
}

function writeKubeconfigs(config: ClusterConfig, tokens: Tokens): void {
  const at = files(config);
  const authority = readFileSync(at.authority, "utf8");
  const write = (path: string, port: number, identity: Identity): void => {
    const server = `https://127.0.0.1:${String(port)}`;
    writeFileSync(path, kubeconfig(server, authority, tokens[identity]), { mode: 0o600 });
  };
  for (const identity of Object.keys(identities) as Identity[]) {
    write(at.kubeconfigOf(identity), network.apiPort, identity);
  }
  write(config.kubeconfig, config.apiPort, "admin");
}

/** Carries each connection to a Unix socket on to a port of the namespace's loopback. */
function relay(socket: string, port: number): void {
  const server = createServer((outside) => {
    const target = connect(port, "127.0.0.1");
    outside.pipe(target).pipe(outside);
    // Either end may go away at any time; the other is then closed too, which is all there is to do.
    outside.on("error", () => target.destroy());
    target.on("error", () => outside.destroy());
  });
  server.listen(socket);
}

async function importImages(config: ClusterConfig): Promise<void> {
  const ctr = (...args: string[]) =>
    exec(tool(config, "ctr"), ["--address", inside.containerdSocket, "--namespace", "k8s.io", "images", ...args]);
  const { stdout } = await ctr("ls", "-q");
  const known = new Set(stdout.split("\n"));
  for (const [image, archive] of Object.entries(config.images)) {
    if (!known.has(image)) await ctr("import", archive);
  }
}

async function apply(config: ClusterConfig): Promise<void> {
  const paths = { first: join(config.root, "objects.json"), then: join(config.root, "gateway.json") };
  writeFileSync(paths.first, listOf(clusterObjects));
  writeFileSync(paths.then, listOf(gatewayObjects));
  const kinds = [tool(config, "gateway-api.yaml"), tool(config, "traefik.yaml")];
  await applyFiles(config, [paths.first, ...kinds]);
  const served = ["--for=condition=Established", "crd/gateways.gateway.networking.k8s.io"];
  await kubectl(config, "wait", "--timeout=30s", ...served);
  await applyFiles(config, [paths.then]);
}

function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

async function applyFiles(config: ClusterConfig, paths: readonly string[]): Promise<void> {
  await kubectl(config, "apply", "--server-side", "--force-conflicts", ...paths.flatMap((path) => ["-f", path]));
}

/** Holds when the node takes pods: it is ready, and the controller that watches it has taken its taints away. */
function nodeReady(config: ClusterConfig): Check {
  const path = "jsonpath={.status.conditions[?(@.type=='Ready')].status}{.spec.taints}";
  return async () => {
    try {
      return (await kubectl(config, "get", "node", nodeName, "-o", path)) === "True";
    } catch {
      return false; // The kubelet has not registered it yet.
    }
  };
}

async function kubectl(config: ClusterConfig, ...args: string[]): Promise<string> {
  const { stdout } = await exec(tool(config, "kubectl"), [
    "--kubeconfig",
    files(config).kubeconfigOf("admin"),
    ...args,
  ]);
  return stdout;
}

const [, , configPath = "", run = ""] = process.argv;
process.stdin.on("end", () => process.exit(0)).resume();
void supervise(configPath, run);
