import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { running, sandboxStatus, shellVariables } from "../../sandbox/cluster/access";
import { down } from "../../sandbox/cluster/down";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { isAlive, startTime } from "../../sandbox/cluster/record";
import { up } from "../../sandbox/cluster/up";
import { type AddonName } from "../../sandbox/toolchain/addons";

const labels = { app: "hello" };
const workload = {
  replicas: 1,
  selector: { matchLabels: labels },
  template: {
    metadata: { labels },
    spec: { containers: [{ name: "hello", image: "cyan.local/demo:v1", imagePullPolicy: "Never" }] },
  },
};
const metadata = { name: "hello", namespace: "default" };

describe("an addon of the embedded cluster", () => {
  const checkout = mkdtempSync(join(tmpdir(), "cyan-addons-"));
  const paths = sandboxPaths(checkout, process.env);
  const bringUp = (...addons: AddonName[]) =>
    up({ paths, addons, env: process.env, report: () => undefined, signal: new AbortController().signal });
  const kubectl = (args: readonly string[], input?: object): string =>
    execFileSync("kubectl", args, {
      env: { ...process.env, ...shellVariables(paths, process.env) },
      ...(input && { input: JSON.stringify(input) }),
    }).toString();
  const waitFor = (object: string, phase: string): string =>
    kubectl(["wait", "--timeout=120s", `--for=jsonpath={.status.phase}=${phase}`, object]);
  const processOf = (part: string): { pid: number; startTime: string } => {
    const { pid } = sandboxStatus(paths).parts.find(({ name }) => name === part) ?? assert.fail(part);
    return { pid, startTime: startTime(pid) ?? "" };
  };

  before(() => bringUp());

  after(async () => {
    await down({ paths }, { keepData: false });
    rmSync(checkout, { recursive: true });
  });

  it("comes into a cluster that runs, which stays the same, and into its shell", async () => {
    const first = running(paths);
    assert.deepEqual(sandboxStatus(paths).addons, []);
    await bringUp("argo-rollouts");
    assert.deepEqual(await bringUp("flagger"), first);
    assert.deepEqual(sandboxStatus(paths).addons, ["argo-rollouts", "flagger"]);
    assert.match(kubectl(["argo", "rollouts", "version", "--short"]), /v1\.10\.0/);
  });

  it("brings out a Rollout, with Argo Rollouts", () => {
    const spec = { ...workload, strategy: { canary: {} } };
    kubectl(["apply", "-f", "-"], { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", metadata, spec });
    waitFor("rollout/hello", "Healthy");
    kubectl(["delete", "rollout", "hello"]);
  });

  it("takes a Deployment over, with Flagger, whose gates answer", () => {
    const gate = { name: "gate", type: "confirm-rollout", url: "http://127.0.0.1:8084/gate/halt" };
    const spec = {
      provider: "kubernetes",
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "hello" },
      service: { port: 80, targetPort: 8080 },
      analysis: { interval: "10s", threshold: 1, iterations: 1, webhooks: [gate] },
    };
    kubectl(["apply", "-f", "-"], { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: workload });
    kubectl(["apply", "-f", "-"], { apiVersion: "flagger.app/v1beta1", kind: "Canary", metadata, spec });
    waitFor("canary/hello", "Initialized");
    assert.match(kubectl(["get", "deployments", "-o", "name"]), /hello-primary/);
    kubectl(["set", "image", "deployment/hello", "hello=cyan.local/demo:v2"]);
    waitFor("canary/hello", "Waiting");
  });

  it("is kept when the cluster is mended, and ends with it", async () => {
    const [supervised, held] = [processOf("flagger"), processOf("etcd")];
    process.kill(running(paths).pid, "SIGKILL");
    await bringUp();
    assert.deepEqual(sandboxStatus(paths).addons, ["argo-rollouts", "flagger"]);
    assert.deepEqual([supervised, held].map(isAlive), [false, false]);
    const ended = ["argo-rollouts", "flagger", "flagger-loadtester"].map(processOf);
    await down({ paths }, { keepData: false });
    assert.deepEqual(ended.filter(isAlive), []);
    assert.equal(existsSync(paths.root), false);
  });
});
