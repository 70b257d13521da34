import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { running, sandboxStatus, shellVariables } from "../../sandbox/cluster/access";
import { down } from "../../sandbox/cluster/down";
import { type SandboxPaths, sandboxPaths } from "../../sandbox/cluster/paths";
import { childrenOf, hostPids, isAlive, startTime } from "../../sandbox/cluster/record";
import { up } from "../../sandbox/cluster/up";

const silent = { env: process.env, report: () => undefined, signal: new AbortController().signal };
const bringUp = (paths: SandboxPaths) => up({ ...silent, paths });

/** Everything of the machine, besides processes and files, that the cluster at `paths` could leave behind. */
function traces(paths: SandboxPaths): Record<string, string> {
  return {
    mounts: readFileSync("/proc/self/mounts", "utf8"),
    cgroups: execFileSync("find", ["/sys/fs/cgroup", "-maxdepth", "2", "-name", paths.cgroup]).toString(),
    links: execFileSync("ip", ["-o", "link"]).toString(),
    rules: readFileSync("/proc/net/route", "utf8"),
  };
}

function kubectl(paths: SandboxPaths, ...args: string[]): string {
  return execFileSync("kubectl", args, { env: { ...process.env, ...shellVariables(paths, process.env) } }).toString();
}

function processesOf(paths: SandboxPaths): { pid: number; startTime: string }[] {
  const daemon = running(paths);
  const [init = 0] = childrenOf(daemon.namespacePid);
  const pids = [daemon.pid, daemon.namespacePid, ...hostPids(init).values()];
  return pids.map((pid) => ({ pid, startTime: startTime(pid) ?? "" }));
}

/** Ends a process the hard way. Resolves when it is gone. */
async function killed(pid: number): Promise<void> {
  const victim = { pid, startTime: startTime(pid) ?? "" };
  process.kill(pid, "SIGKILL");
  while (isAlive(victim)) await new Promise((resolve) => setImmediate(resolve));
}

function reachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 }, () => {
      socket.destroy();
      resolve(true);
    });
    for (const event of ["error", "timeout"]) {
      socket.on(event, () => {
        socket.destroy();
        resolve(false);
      });
    }
  });
}

describe("the embedded cluster", () => {
  const checkouts = ["one", "two"].map((name) => mkdtempSync(join(tmpdir(), `cyan-${name}-`)));
  const [one, two] = checkouts.map((checkout) => sandboxPaths(checkout, process.env)) as [SandboxPaths, SandboxPaths];
  const tracesBefore = traces(one);

  after(async () => {
    for (const paths of [one, two]) await down({ paths }, { keepData: false });
    for (const checkout of checkouts) rmSync(checkout, { recursive: true });
  });

  it("comes up with every part doing its work and a node that is ready", async () => {
    await bringUp(one);
    const status = sandboxStatus(one);
    assert.equal(status.state, "ready");
    assert.deepEqual(status.parts.map((part) => part.name).toSorted(), [
      "containerd",
      "etcd",
      "kube-apiserver",
      "kube-controller-manager",
      "kube-proxy",
      "kube-scheduler",
      "kubelet",
      "prometheus",
      "traefik",
    ]);
    assert.match(kubectl(one, "get", "nodes"), /cyan +Ready/);
    assert.notEqual(traces(one)["cgroups"], "");
  });

  it("is the same cluster when it is brought up again", async () => {
    const first = running(one);
    assert.deepEqual(await bringUp(one), first);
  });

  it("is reached on the loopback of the host and on no other address of it", async () => {
    const { apiPort, ingressPort, prometheusPort } = running(one);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => address.family === "IPv4" && !address.internal);
    for (const port of [apiPort, ingressPort, prometheusPort]) {
      assert.equal(await reachable("127.0.0.1", port), true);
      for (const { address } of others) assert.equal(await reachable(address, port), false, address);
    }
  });

  it("stands beside the cluster of another checkout", async () => {
    await bringUp(two);
    assert.notEqual(running(two).apiPort, running(one).apiPort);
    kubectl(two, "create", "namespace", "only-in-two");
    assert.doesNotMatch(kubectl(one, "get", "namespaces"), /only-in-two/);
    assert.match(kubectl(two, "get", "namespaces"), /only-in-two/);
  });

  it("leaves the other cluster alone when it goes down, and nothing of its own behind", async () => {
    const ended = processesOf(two);
    await down({ paths: two }, { keepData: false });
    assert.deepEqual(ended.filter(isAlive), []);
    assert.equal(existsSync(two.root), false);
    assert.equal(sandboxStatus(one).state, "ready");
    assert.match(kubectl(one, "get", "nodes"), /cyan +Ready/);
  });

  it("can be used by another checkout as a cluster that is there already, which it leaves as it is", () => {
    const state = mkdtempSync(join(tmpdir(), "cyan-state-"));
    const shell = shellVariables(one, process.env);
    const env = { ...process.env, PATH: shell["PATH"], KUBECONFIG: shell["KUBECONFIG"], XDG_STATE_HOME: state };
    const cyan = (...args: string[]): { status: number | null; out: string } => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ["driver/cyan.js", ...args], {
        env,
        encoding: "utf8",
      });
      return { status, out: stdout + stderr };
    };
    try {
      const { ingress } = sandboxStatus(one);
      const unknown = cyan("sandbox", "up", "--context", "kind-kind");
      assert.deepEqual(unknown, { status: 1, out: "error: no context kind-kind: there are cyan\n" });
      assert.equal(cyan("sandbox", "up", "--context", "cyan", "--ingress", ingress).status, 0);
      assert.match(cyan("sandbox", "status").out, /the cluster of context cyan/);
      assert.match(cyan("sandbox", "env").out, new RegExp(`^export KUBECONFIG='${state}/`, "m"));
      // No route is declared on it: its ingress controller says so, and that is an answer of no color.
      const load = cyan("sandbox", "load", "--seconds", "0.1", "--rate", "50", "--json");
      assert.deepEqual(JSON.parse(load.out), { requests: 5, lost: 5, losses: { "status 404": 5 }, colors: {} });
      assert.equal(cyan("sandbox", "down").status, 0);
      assert.equal(existsSync(join(state, "cyan")), false);
      assert.equal(sandboxStatus(one).state, "ready");
    } finally {
      rmSync(state, { recursive: true });
    }
  });

  for (const part of ["containerd", "etcd", "kube-apiserver", "kubelet", "kube-proxy", "traefik", "prometheus"]) {
    it(`is mended by up after a kill -9 of ${part}`, async () => {
      const { pid = 0, restarts = 0 } = sandboxStatus(one).parts.find((each) => each.name === part) ?? {};
      await killed(pid);
      await bringUp(one);
      const mended = sandboxStatus(one).parts.find((each) => each.name === part);
      assert.equal(mended?.state, "ready");
      assert.ok(mended.restarts > restarts);
      assert.match(kubectl(one, "get", "nodes"), /cyan +Ready/);
    });
  }

  for (const [what, victim] of [
    ["the daemon", () => running(one).pid],
    ["the holder of the namespaces", () => running(one).namespacePid],
    ["the supervisor", () => childrenOf(childrenOf(running(one).namespacePid)[0] ?? 0)[0] ?? 0],
  ] as const) {
    it(`is mended by up, with what it held, after a kill -9 of ${what}`, async () => {
      kubectl(one, "create", "configmap", "kept");
      const ended = processesOf(one);
      await killed(victim());
      await bringUp(one);
      assert.deepEqual(ended.filter(isAlive), []);
      assert.match(kubectl(one, "get", "nodes"), /cyan +Ready/);
      kubectl(one, "delete", "configmap", "kept");
    });
  }

  it("leaves no process, mount, link, cgroup or file behind when it goes down", async () => {
    const ended = processesOf(one);
    await down({ paths: one }, { keepData: false });
    assert.deepEqual(ended.filter(isAlive), []);
    assert.equal(existsSync(one.root), false);
    assert.deepEqual(traces(one), tracesBefore);
    assert.equal(sandboxStatus(one).state, "down");
  });

  it("says which ways are open to a user who is not root", () => {
    const argv = ["--reuid=65534", "--clear-groups", process.execPath, "driver/cyan.js", "sandbox", "up"];
    const { status, stderr } = spawnSync("setpriv", argv, { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /needs root/);
    assert.match(stderr, /npx cyan sandbox up --context kind-kind/);
    assert.doesNotMatch(stderr, /^ +at /m);
  });

  it("can be told to go down when it is down", async () => {
    await down({ paths: one }, { keepData: false });
  });
});
