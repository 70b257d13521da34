/**
 * The cluster's one process on the host: it holds the namespaces (they end with it) and leads three ports of 127.0.0.1
 * to the API server, the ingress controller and Prometheus, through Unix sockets that both sides of the network namespace see.
 */
import { spawn } from "node:child_process";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { type ClusterConfig, type HostPorts } from "./config";
import { type DaemonRecord, startTime } from "./record";
import { readJson, writeJson } from "./status";

/**
 * Process 1 of the namespace. It reaps what containerd's shims leave behind, which Node would not, and ends with the
 * supervisor.
 */
const init = '"$@" <&3 & wait $!';

async function main(configPath: string, recordPath: string, run: string): Promise<void> {
  const config = readJson<ClusterConfig & HostPorts>(configPath);
  if (config === undefined) throw new Error(`no config at ${configPath}`);
  const api = await listen(config.apiPort, join(config.sockets, "api.sock"));
  const ingress = await listen(config.ingressPort, join(config.sockets, "ingress.sock"));
  const prometheus = await listen(config.prometheusPort, join(config.sockets, "prometheus.sock"));
  writeJson(configPath, { ...config, apiPort: api, ingressPort: ingress, prometheusPort: prometheus });

  const namespaces = ["--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"];
  const supervisor = [process.execPath, ...process.execArgv, join(__dirname, "supervisor.ts"), configPath, run];
  const child = spawn("unshare", [...namespaces, "sh", "-c", init, "sh", ...supervisor], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  child.on("exit", (code, signal) => {
    process.stderr.write(`the namespaces ended with ${String(code ?? signal)}\n`);
    process.exit(1);
  });
  const record: DaemonRecord = {
    run,
    pid: process.pid,
    startTime: startTime(process.pid) ?? "",
    namespacePid: child.pid ?? 0,
    namespaceStartTime: startTime(child.pid ?? 0) ?? "",
    apiPort: api,
    ingressPort: ingress,
    prometheusPort: prometheus,
  };
  writeJson(recordPath, record);
  process.on("SIGTERM", () => {
    child.kill("SIGKILL"); // --kill-child takes process 1 along, and with it the whole namespace.
  });
}

/** Listens on 127.0.0.1, on `port` or, when that is taken, on any free one. Gives the port. */
async function listen(port: number, socket: string): Promise<number> {
  const server = createServer((client) => {
    const target = connect(socket);
    client.pipe(target).pipe(client);
    client.on("error", () => target.destroy());
    target.on("error", () => client.destroy());
  });
  const bound = await bind(server, port).catch(() => bind(server, 0));
  return bound;
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

const [, , configPath = "", recordPath = "", run = ""] = process.argv;
void main(configPath, recordPath, run);
