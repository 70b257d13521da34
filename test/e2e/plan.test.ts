import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assign } from "../../components/config/assign";
import { configValues } from "../../components/config/values";
import { type Report, reportSchema } from "../../driver/plan/report";
import { sandboxStatus, shellVariables } from "../../sandbox/cluster/access";
import { down } from "../../sandbox/cluster/down";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { up } from "../../sandbox/cluster/up";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);
const wasUp = sandboxStatus(paths).state === "ready";
const work = mkdtempSync(join(tmpdir(), "cyan-plan-"));
const configFile = join(work, "Pulumi.dev.yaml");
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, ...shellVariables(paths, process.env), NO_COLOR: "1" });

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Outcome {
  return spawnSync(command, args, { cwd: checkout, env: { ...environment(), ...env }, encoding: "utf8" });
}

function pulumi(...args: string[]): string {
  const { status, stdout, stderr } = run("pulumi", [...args, "--non-interactive"]);
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

const set = (...args: string[]) => pulumi("config", "set", "--path", ...args, "--config-file", configFile);
const pulumiUp = () => pulumi("up", "--yes", "--skip-preview", "--config-file", configFile);
const kubectl = (...args: string[]) => run("kubectl", ["--namespace", "cyan-dev", ...args]);
const cyan = (...args: string[]) => run(process.execPath, ["driver/cyan.js", ...args, "--config-file", configFile]);

/** The plan with these values set, and what it exits with. */
function plan(...values: string[]): { readonly status: number | null; readonly report: Report } {
  const { status, stdout, stderr } = cyan("plan", "--json", ...values.flatMap((value) => ["--set", value]));
  assert.equal(stderr, "");
  return { status, report: reportSchema.parse(JSON.parse(stdout)) };
}

const writes = ({ stages }: Report): string[] =>
  stages.flatMap(({ writes: all }) =>
    all.flatMap(({ object, from, to, done }) => (done ? [] : [`${object}: ${from} -> ${to}`])),
  );

/** Everything that a plan could have changed. */
function everything() {
  const objects = kubectl("get", "deployments,services,ingresses", "-o", "yaml");
  return { config: readFileSync(configFile, "utf8"), state: pulumi("stack", "export"), objects: objects.stdout };
}

describe("cyan plan on the embedded cluster", () => {
  before(async () => {
    await up({ paths, env: process.env, report: () => undefined, signal: new AbortController().signal });
    pulumi("stack", "select", "--create", "dev");
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), configFile);
    set("drain", "1s");
    set("gate.timeout", "5s");
  });

  after(async () => {
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), configFile);
    pulumi("destroy", "--yes", "--skip-preview", "--config-file", configFile);
    rmSync(work, { recursive: true });
    if (!wasUp) await down({ paths }, { keepData: false });
  });

  it("shows a first deploy, and makes none of it", () => {
    const { status, report } = plan();
    assert.deepEqual([status, report.stack, report.verdict], [0, "dev", "allowed"]);
    assert.deepEqual(
      report.gates.map(({ gate, state }) => [gate, state]),
      [["capacity", "later"]],
    );
    assert.equal(run("kubectl", ["get", "namespace", "cyan-dev"]).status, 1);
  });

  it("has nothing left to do after the update", () => {
    pulumiUp();
    const { status, report } = plan();
    assert.deepEqual([status, report.verdict, writes(report)], [0, "nothing", []]);
    assert.equal(cyan("status").status, 0);
  });

  it("says, with 3, that the gate would refuse a flip to a color that has never served and is too small, as the update then does", () => {
    const { status, report } = plan("activeColor=green", "services.shop.green.replicas=1");
    assert.deepEqual([status, report.verdict], [3, "refused"]);
    assert.deepEqual(
      report.gates.map(({ gate, state }) => [gate, state]),
      [["capacity", "fails"]],
    );
    const { stdout } = cyan(
      "plan",
      "--set",
      "activeColor=green",
      "--set",
      "services.shop.green.replicas=1",
      "--markdown",
    );
    assert.match(stdout, /^<!-- cyan plan -->\n\n### Cyan plan for `dev`: refused/);
    const small = join(work, "small.yaml");
    copyFileSync(configFile, small);
    for (const [path, value] of [
      ["activeColor", "green"],
      ["services.shop.green.replicas", "1"],
    ] as const) {
      pulumi("config", "set", "--path", path, value, "--config-file", small);
    }
    const refused = run("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--config-file", small]);
    assert.match(refused.stdout + refused.stderr, /the capacity gate did not hold within 5s, and no traffic was moved/);
    pulumiUp();
  });

  it("shows what a flip would write, also while another update holds the stack, and changes nothing", () => {
    const locks = join(fileURLToPath(environment()["PULUMI_BACKEND_URL"] ?? ""), ".pulumi/locks/organization/cyan/dev");
    mkdirSync(locks, { recursive: true });
    const held = join(locks, "another.json");
    writeFileSync(held, JSON.stringify({ pid: 1, username: "a", hostname: "b", timestamp: new Date() }));
    const before = everything();
    const { status, report } = plan("activeColor=green");
    assert.deepEqual(everything(), before);
    rmSync(held);
    assert.deepEqual([status, report.verdict], [0, "allowed"]);
    assert.deepEqual(
      report.gates.map(({ gate, state }) => [gate, state]),
      [["capacity", "holds"]],
    );
    assert.deepEqual(writes(report), [
      "Ingress shop: blue -> green",
      "Ingress shop-canary: green 0 % -> blue 0 %",
      "Service shop: blue -> green",
    ]);
  });

  it("showed what the update then does", () => {
    set("activeColor", "green");
    pulumiUp();
    const { report } = plan();
    assert.deepEqual([report.verdict, writes(report)], ["nothing", []]);
    const { services } = plan("activeColor=blue", "canaryWeight=10").report;
    assert.deepEqual(services[0]?.blue, { before: 0, after: 90, ready: 2, needed: 2 });
  });

  it("names what was edited by hand, and what the update would take back", () => {
    kubectl("annotate", "ingress", "shop-canary", "--overwrite", "nginx.ingress.kubernetes.io/canary-weight=50");
    const { status, report } = plan();
    assert.deepEqual([status, report.verdict], [0, "allowed"]);
    assert.deepEqual(report.drift, ["shop: the canary's weight is 50, 0 was recorded"]);
    assert.deepEqual(writes(report), ["Ingress shop-canary: blue 50 % -> blue 0 %"]);
    const shown = cyan("status");
    assert.equal(shown.status, 1);
    assert.match(shown.stdout, /edited by hand: the canary's weight is 50, 0 was recorded/);
    kubectl("annotate", "ingress", "shop-canary", "--overwrite", "nginx.ingress.kubernetes.io/canary-weight=0");
  });

  it("tells everything that is wrong with the config, with 2", () => {
    const { status, stdout, stderr } = cyan("plan", "--set", "canaryWeight=ten", "--set", "activeColor=red");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.equal(
      stderr,
      "error: the config of stack dev has 2 problems:\n" +
        '  activeColor: is "red"; choose one of blue, green\n' +
        '  canaryWeight: is "ten"; write an integer from 0 to 100\n',
    );
  });

  it("ends with 1 when the cluster does not answer", () => {
    const args = ["driver/cyan.js", "plan", "--config-file", configFile];
    const { status, stdout } = run(process.execPath, args, { KUBECONFIG: join(work, "nowhere") });
    assert.equal(status, 1);
    assert.match(stdout, /^stack dev: cannot be told\n/);
  });

  it("shows no secret", () => {
    set("--secret", "services.shop.env.TOKEN", "hunter2");
    for (const form of [[], ["--json"], ["--markdown"]]) {
      const { status, stdout, stderr } = cyan("plan", ...form, "--set", "services.shop.green.image=cyan.local/demo:v3");
      assert.equal(status, 3);
      assert.match(stdout, /cyan\.local\/demo:v3/);
      assert.doesNotMatch(stdout + stderr, /hunter2/);
    }
  });

  it("takes for set what pulumi config set --path sets", () => {
    const values = {
      canaryWeight: "07",
      "gate.minReady": "2",
      "gate.force": "true",
      'ingress.annotations["a.b/c"]': "007",
      "services.shop.args[0]": "-5",
      "services.shop.args[1]": "99999999999999999999",
      'services["shop"].green.env.EMPTY': "",
    };
    const file = join(work, "set.yaml");
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), file);
    const read = (): Record<string, unknown> => {
      const all = JSON.parse(pulumi("config", "--json", "--config-file", file)) as Record<string, { value: string }>;
      return configValues(Object.fromEntries(Object.entries(all).map(([key, { value }]) => [key, value])), "cyan");
    };
    const assigned = Object.entries(values).reduce<Record<string, unknown>>(
      (config, [path, value]) => assign(config, path, value),
      read(),
    );
    const pairs = Object.entries(values).flatMap(([path, value]) => ["--plaintext", `${path}=${value}`]);
    pulumi("config", "set-all", "--path", ...pairs, "--config-file", file);
    assert.deepEqual(read(), assigned);
  });
});
