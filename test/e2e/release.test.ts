import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxStatus, shellVariables } from "../../sandbox/cluster/access";
import { down } from "../../sandbox/cluster/down";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { type DemoResult } from "../../sandbox/demo/demo";
import { scenarios } from "../../sandbox/demo/transitions";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);
const wasUp = sandboxStatus(paths).state === "ready";
const work = mkdtempSync(join(tmpdir(), "cyan-release-"));
const configFile = join(work, "Pulumi.dev.yaml");

function run(command: string, ...args: string[]): { status: number | null; out: string } {
  const env = { ...process.env, ...shellVariables(paths, process.env), NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: checkout, env, encoding: "utf8" });
  return { status, out: stdout + stderr };
}

const pulumi = (...args: string[]) => run("pulumi", ...args, "--non-interactive");
const configured = (...args: string[]) => pulumi(...args, "--config-file", configFile);
const set = (path: string, value: string): void => {
  assert.equal(configured("config", "set", "--path", path, value).status, 0);
};
const upConfigured = () => configured("up", "--yes", "--skip-preview");
const kubectl = (...args: string[]): string => {
  const { status, out } = run("kubectl", "--namespace", "cyan-dev", ...args);
  assert.equal(status, 0, out);
  return out;
};
const outputs = (): { traffic: unknown } => JSON.parse(pulumi("stack", "output", "--json").out) as { traffic: unknown };

describe("a release on the embedded cluster", () => {
  after(async () => {
    rmSync(work, { recursive: true });
    if (!wasUp) await down({ paths }, { keepData: false });
  });

  it("loses no request and holds every share through the demo's transitions", () => {
    const demo = spawnSync(process.execPath, ["driver/cyan.js", "demo", "--json"], { cwd: checkout, encoding: "utf8" });
    const result = JSON.parse(demo.stdout.trim().split("\n").at(-1) ?? "") as DemoResult;
    assert.deepEqual(
      result.transitions.map(({ name, faults }) => ({ name, faults })),
      scenarios.map(({ name }) => ({ name, faults: [] })),
    );
    assert.equal(result.lost, 0);
    assert.equal(demo.status, 0);
    for (const { requests, share } of result.transitions) {
      assert.ok(requests >= 600);
      assert.ok(Math.abs(share.blue + share.green - 1) < 1e-9);
    }
  });

  it("leaves the checkout as it was", () => {
    assert.equal(execFileSync("git", ["status", "--porcelain", "Pulumi.dev.yaml"], { cwd: checkout }).toString(), "");
  });

  it("has nothing to do when nothing was changed", () => {
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), configFile);
    assert.equal(upConfigured().status, 0);
    const again = configured("up", "--yes", "--skip-preview", "--expect-no-changes");
    assert.equal(again.status, 0, again.out);
  });

  it("says which traffic the cluster's objects give", () => {
    set("canaryWeight", "20");
    assert.equal(upConfigured().status, 0);
    assert.deepEqual(outputs().traffic, { shop: { active: "shop-blue", idle: "shop-green", canaryWeight: 20 } });
    const annotation = "jsonpath={.metadata.annotations.nginx\\.ingress\\.kubernetes\\.io/canary-weight}";
    assert.equal(kubectl("get", "ingress", "shop-canary", "-o", annotation), "20");
  });

  it("moves nothing, and says nothing else, when the next color does not become ready", () => {
    set("activeColor", "green");
    set("readyTimeout", "5s");
    set("services.shop.green.env.READY_AFTER", "never");
    const refused = upConfigured();
    assert.notEqual(refused.status, 0);
    const backend = "jsonpath={.spec.rules[0].http.paths[0].backend.service.name}";
    assert.equal(kubectl("get", "ingress", "shop", "-o", backend), "shop-blue");
    assert.deepEqual(outputs().traffic, { shop: { active: "shop-blue", idle: "shop-green", canaryWeight: 20 } });
  });

  it("takes back what was edited by hand in an emergency", () => {
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), configFile);
    assert.equal(upConfigured().status, 0);
    kubectl("annotate", "ingress", "shop-canary", "--overwrite", "nginx.ingress.kubernetes.io/canary-weight=50");
    set("canaryWeight", "10");
    const next = upConfigured();
    assert.equal(next.status, 0, next.out);
    assert.deepEqual(outputs().traffic, { shop: { active: "shop-blue", idle: "shop-green", canaryWeight: 10 } });
  });

  it("refuses a config with all that is wrong in it, before any resource and without a stack trace", () => {
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), configFile);
    set("canaryWeight", "ten");
    set("activeColor", "red");
    set("services.shop.green.image", "cyan.local/demo");
    const { status, out } = configured("preview");
    assert.notEqual(status, 0);
    for (const line of [
      'canaryWeight: is "ten"; write an integer from 0 to 100',
      'activeColor: is "red"; choose one of blue, green',
      "services.shop.green.image: has no tag or digest; write name:tag or name@sha256:…",
    ]) {
      assert.ok(out.includes(line), out);
    }
    assert.doesNotMatch(out, /^ +at /m);
    assert.doesNotMatch(out, /(creating|updating|create|update) *$/m);
  });

  it("shrinks the idle color to its standby, and grows it again before it gets a share", () => {
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), configFile);
    set("standby", "0");
    assert.equal(upConfigured().status, 0);
    const replicas = (): string => kubectl("get", "deployment", "shop-green", "-o", "jsonpath={.spec.replicas}");
    assert.equal(replicas(), "0");
    set("canaryWeight", "5");
    assert.equal(upConfigured().status, 0);
    assert.equal(replicas(), "2");
  });

  it("keeps a secret variable out of its output and its state, and gives it to the pods", () => {
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), configFile);
    assert.equal(configured("config", "set", "--secret", "--path", "services.shop.env.TOKEN", "hunter2").status, 0);
    const shown = configured("up", "--yes", "--skip-preview", "--diff");
    assert.equal(shown.status, 0, shown.out);
    assert.doesNotMatch(shown.out + pulumi("stack", "export").out + pulumi("stack", "output").out, /hunter2/);
    assert.match(
      kubectl("get", "deployment", "shop-blue", "-o", "jsonpath={.spec.template.spec.containers[0].env}"),
      /secretKeyRef/,
    );
    assert.match(kubectl("get", "secret", "-o", "jsonpath={.items[*].data.TOKEN}"), /aHVudGVyMg==/);
  });

  it("goes away with pulumi destroy", () => {
    const { status, out } = configured("destroy", "--yes", "--skip-preview");
    assert.equal(status, 0, out);
    assert.equal(run("kubectl", "get", "namespace", "cyan-dev").status, 1);
  });
});
