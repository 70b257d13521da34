import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";

const namespace = "cyan-rbac";
const manifests = join(__dirname, "..", "..", "docs", "rbac");
const account = `system:serviceaccount:${namespace}:cyan-program`;

describe("the program with the rights of docs/rbac", () => {
  const cluster = new EmbeddedCluster();
  let stack: EmbeddedStack;
  let admin = "";
  let program = "";
  let preview = "";

  const kubectl = (...args: string[]): string => {
    const { ok, out } = stack.run("kubectl", `--kubeconfig=${admin}`, `--namespace=${namespace}`, ...args);
    assert.ok(ok, out);
    return out;
  };

  /** A kubeconfig of an account that has exactly what its manifest says. */
  const boundTo = (name: string): string => {
    const owner = `cyan-${name}`;
    kubectl("apply", "-f", join(manifests, `${name}.yaml`));
    kubectl("create", "rolebinding", owner, `--role=${owner}`, `--serviceaccount=${namespace}:${owner}`);
    const config = JSON.parse(readFileSync(admin, "utf8")) as { users: { user: object }[] };
    for (const each of config.users) each.user = { token: kubectl("create", "token", owner).trim() };
    const path = join(stack.work, `${name}.kubeconfig`);
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  };

  before(async () => {
    await cluster.bringUp();
    const quick = { readyTimeout: "30s", drain: "0s", "services.shop.readyFor": "0s" };
    stack = new EmbeddedStack({ ...quick, namespace, createNamespace: false });
    admin = stack.environment["KUBECONFIG"] ?? assert.fail("no kubeconfig");
    kubectl("create", "namespace", namespace);
    kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted");
    program = boundTo("program");
    preview = boundTo("preview");
    stack.environment["KUBECONFIG"] = program;
  });

  after(async () => {
    kubectl("delete", "namespace", namespace, "--wait=false");
    await cluster.leave();
  });

  it("deploys, asks every gate, flips and destroys", () => {
    stack.reach();
    reviewed();
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

  /** With the rights of a review a flip is previewed and planned, and cannot be made. */
  function reviewed(): void {
    stack.environment["KUBECONFIG"] = preview;
    stack.declare({ activeColor: "green" });
    const previewed = stack.pulumi("preview");
    assert.ok(previewed.ok, previewed.out);
    const planned = stack.run(process.execPath, "driver/cyan.js", "plan", "--config-file", stack.configFile);
    assert.ok(planned.ok, planned.out);
    const made = stack.up();
    assert.equal(made.ok, false);
    assert.match(made.out, /forbidden/);
    stack.environment["KUBECONFIG"] = program;
    const backend = "jsonpath={.spec.rules[0].http.paths[0].backend.service.name}";
    assert.equal(kubectl("get", "ingress", "shop", "-o", backend), "shop-blue");
  }

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
