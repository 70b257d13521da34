import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";

const namespace = "cyan-rbac";
const manifest = join(__dirname, "..", "..", "docs", "rbac", "program.yaml");
const account = `system:serviceaccount:${namespace}:cyan-program`;

describe("the program with the rights of docs/rbac/program.yaml", () => {
  const cluster = new EmbeddedCluster();
  let stack: EmbeddedStack;
  let admin = "";

  const kubectl = (...args: string[]): string => {
    const { ok, out } = stack.run("kubectl", `--kubeconfig=${admin}`, `--namespace=${namespace}`, ...args);
    assert.ok(ok, out);
    return out;
  };

  before(async () => {
    await cluster.bringUp();
    const quick = { readyTimeout: "30s", drain: "0s", "services.shop.readyFor": "0s" };
    stack = new EmbeddedStack({ ...quick, namespace, createNamespace: false });
    admin = stack.environment["KUBECONFIG"] ?? assert.fail("no kubeconfig");
    kubectl("create", "namespace", namespace);
    kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted");
    kubectl("apply", "-f", manifest);
    kubectl(
      "create",
      "rolebinding",
      "cyan-program",
      "--role=cyan-program",
      `--serviceaccount=${namespace}:cyan-program`,
    );
    const config = JSON.parse(readFileSync(admin, "utf8")) as { users: { user: object }[] };
    for (const each of config.users) each.user = { token: kubectl("create", "token", "cyan-program").trim() };
    const bound = join(stack.work, "kubeconfig");
    writeFileSync(bound, JSON.stringify(config), { mode: 0o600 });
    stack.environment["KUBECONFIG"] = bound;
  });

  after(async () => {
    kubectl("delete", "namespace", namespace, "--wait=false");
    await cluster.leave();
  });

  it("deploys, asks every gate, flips and destroys", () => {
    stack.reach();
    const gates = {
      "gate.http.path": "/",
      "gate.job.image": "cyan.local/demo:v1",
      "gate.job.imagePullPolicy": "Never",
      "gate.job.timeout": "20s",
      "gate.job.env.CHECK": "http://$(SHOP_GREEN_SERVICE_HOST)/",
    };
    const secrets = { "secrets.shop.env.TOKEN": "hunter2", "networkPolicy.sameNamespace": true };
    const autoscaling = { "services.shop.green.autoscaling": { minReplicas: 2, maxReplicas: 3 } };
    stack.reach({ ...gates, ...secrets, ...autoscaling, activeColor: "green" });
    assert.match(kubectl("get", "jobs", "-o", "name"), /^job\.batch\/cyan-gate-\w+$/m);
    const destroyed = stack.pulumi("destroy", "--yes", "--skip-preview");
    assert.ok(destroyed.ok, destroyed.out);
  });

  it("may do nothing outside its namespace, and nothing else in it", () => {
    const may = (...args: string[]): string =>
      stack.run("kubectl", `--kubeconfig=${admin}`, "auth", "can-i", `--as=${account}`, ...args).out.trim();
    assert.equal(may("get", "services", "--subresource=proxy", `--namespace=${namespace}`), "yes");
    for (const [verb = "", what = "", ...where] of [
      ["get", "secrets", "--namespace=kube-system"],
      ["list", "nodes"],
      ["create", "namespaces"],
      ["create", "pods", `--namespace=${namespace}`],
      ["create", "pods", "--subresource=exec", `--namespace=${namespace}`],
      ["create", "services", "--subresource=proxy", `--namespace=${namespace}`],
      ["delete", "jobs", `--namespace=${namespace}`],
      ["create", "rolebindings", `--namespace=${namespace}`],
    ]) {
      assert.match(may(verb, what, ...where), /^no\b/m, `${verb} ${what} ${where.join(" ")}`);
    }
  });
});
