import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Changes, stackOfBlock } from "../support/embedded-stack";
import { eventually, Visitor } from "../support/visitor";

const quick = { readyTimeout: "20s", drain: "0", "gate.timeout": "5s", "services.shop.preStop": "1s" };
const version = (text: string) => ({ "/etc/shop/version": text });

describe("what a color is made of, on the embedded cluster", () => {
  const stack = stackOfBlock({ ...quick, "services.shop.env.VERSION_FILE": "/etc/shop/version" });

  const names = (kind: string, color: string): string[] =>
    stack().kubectl("get", kind, "-l", `cyan.dev/color=${color}`, "-o", "name").trim().split("\n").filter(Boolean);
  const generation = (color: string): string => stack().field(`deployment/shop-${color}`, ".metadata.generation");
  const answers = (color: string, text: string): Promise<void> =>
    eventually(async () => {
      assert.deepEqual(await new Visitor().ask(), { status: 200, color, version: text });
    });

  /** Declares, with a secret that the config keeps encrypted; `--diff` prints all that an update can print. */
  function tryUp(changes: Changes, secrets: Readonly<Record<string, string>> = {}): { ok: boolean; out: string } {
    stack().declare(changes);
    for (const [path, value] of Object.entries(secrets)) {
      const { ok, out } = stack().pulumi("config", "set", "--secret", "--path", path, value);
      assert.ok(ok, out);
    }
    return stack().up("--diff");
  }

  it("is admitted by a restricted namespace, all of it", async () => {
    stack().reach({
      "services.shop.files": version("one"),
      "services.shop.autoscaling": { minReplicas: 2, maxReplicas: 5 },
      networkPolicy: { from: ["ingress", "192.0.2.0/24"], to: ["db:5432"] },
    });
    const level = ".metadata.labels.pod-security\\.kubernetes\\.io/enforce";
    assert.equal(stack().field("namespace/cyan-dev", level), "restricted");
    for (const color of ["blue", "green"]) {
      const label = ["-l", `cyan.dev/color=${color}`];
      const pods = stack().kubectl("get", "pods", ...label, "-o", "jsonpath={.items[*].spec.volumes[*].name}");
      assert.deepEqual(new Set(pods.split(" ")), new Set(["config"]), "a token would be a volume too");
      const account = stack().kubectl("get", "pods", ...label, "-o", "jsonpath={.items[*].spec.serviceAccountName}");
      assert.deepEqual(account.split(" "), Array(2).fill(`shop-${color}`));
      assert.equal(stack().field(`networkpolicy/shop-${color}`, ".spec.policyTypes"), '["Ingress","Egress"]');
      await eventually(() => {
        assert.equal(stack().field(`poddisruptionbudget/shop-${color}`, ".status.currentHealthy"), "2");
      });
    }
  });

  it("leaves the number of pods to an autoscaler, through updates without a change and with one", () => {
    const autoscaling = { "services.shop.autoscaling": { minReplicas: 2, maxReplicas: 5 } };
    const files = { "services.shop.files": version("one") };
    stack().reach({ ...autoscaling, ...files });
    // The write of the autoscaler's controller: by the scale subresource, under its name.
    const scale = ["--subresource=scale", "--type=merge", "--patch", '{"spec":{"replicas":3}}'];
    stack().kubectl("patch", "deployment", "shop-blue", ...scale, "--field-manager=kube-controller-manager");
    stack().kubectl("rollout", "status", "deployment/shop-blue", "--timeout=20s");
    const replicas = (): string => stack().field("deployment/shop-blue", ".spec.replicas");
    const unchanged = stack().up("--expect-no-changes");
    assert.ok(unchanged.ok, unchanged.out);
    assert.equal(replicas(), "3");
    const before = generation("blue");
    stack().reach({ ...autoscaling, "services.shop.files": version("two") });
    assert.notEqual(generation("blue"), before);
    assert.equal(replicas(), "3");
  });

  it("is rolled by its own files alone, and a rollback brings its own back", async () => {
    stack().reach({ "services.shop.files": version("one") });
    await answers("blue", "one");
    const [blueMap, ...others] = names("configmap", "blue");
    assert.deepEqual(others, []);
    const [greenMap = ""] = names("configmap", "green");
    const blue = generation("blue");

    const flip = { activeColor: "green", "services.shop.green.files": version("two") };
    const { out } = stack().reach({ "services.shop.files": version("one"), ...flip });
    await answers("green", "two");
    assert.equal(generation("blue"), blue);
    assert.deepEqual(names("configmap", "blue"), [blueMap]);
    assert.ok(!names("configmap", "green").includes(greenMap), "the former files are gone");
    const rolled = out.search(/Deployment release-green-shop updated/);
    const gone = out.search(/ConfigMap release-green-shop-config-\S+ deleting/);
    assert.ok(rolled >= 0 && gone > rolled, out);

    const green = generation("green");
    stack().reach({ "services.shop.files": version("one"), ...flip, activeColor: "blue" });
    await answers("blue", "one");
    assert.deepEqual([generation("blue"), generation("green")], [blue, green]);
  });

  it("keeps what its pods run with while an update fails, and goes back to it", async () => {
    const files = { "services.shop.files": version("one") };
    const key = "secrets.shop.env.KEY";
    const first = tryUp(files, { [key]: "first" });
    assert.ok(first.ok, first.out);
    const before = names("configmap,secret", "blue");
    assert.equal(before.length, 2);
    const bad = { "services.shop.files": version("two"), "services.shop.env.READY_AFTER": "never", readyTimeout: "5s" };
    const failed = tryUp(bad, { [key]: "second" });
    assert.equal(failed.ok, false);
    for (const name of before) assert.ok(names("configmap,secret", "blue").includes(name), name);
    await answers("blue", "one");
    const back = tryUp(files, { [key]: "first" });
    assert.ok(back.ok, back.out);
    await answers("blue", "one");
    for (const color of ["blue", "green"]) assert.equal(names("configmap,secret", color).length, 2);
  });

  it("is told its secrets, and nobody else is", async () => {
    const secrets = {
      "secrets.shop.env.TOKEN": "hunter-in-env",
      'secrets.shop.files["/etc/shop/version"]': "hunter-in-file",
    };
    const made = tryUp({}, secrets);
    assert.ok(made.ok, made.out);
    await answers("blue", "hunter-in-file");
    const changed = tryUp({}, { ...secrets, "secrets.shop.env.TOKEN": "hunter-in-new-env" });
    assert.ok(changed.ok, changed.out);
    const inServices = tryUp(
      { "services.shop.files": version("one") },
      { "services.shop.env.TOKEN": "hunter-in-services" },
    );
    assert.ok(inServices.ok, inServices.out);
    const [secret = ""] = names("secret", "blue");
    const kept = Buffer.from(stack().field(secret, ".data.TOKEN"), "base64").toString();
    assert.equal(kept, "hunter-in-services");

    const printed = [made, changed, inServices, stack().run("pulumi", "stack", "output", "--json")].map(
      ({ out }) => out,
    );
    const open = stack().kubectl("get", "deployments,configmaps,replicasets,pods", "-o", "yaml");
    assert.doesNotMatch([...printed, open].join("\n"), /hunter/);
    // The state, its backups and the history of updates, as they lie on the disk.
    const state = fileURLToPath(stack().environment["PULUMI_BACKEND_URL"] ?? "");
    assert.match(execFileSync("grep", ["-rl", "release-blue-shop-secret", state], { encoding: "utf8" }), /dev\.json/);
    assert.throws(() => execFileSync("grep", ["-rl", "hunter", state]), { status: 1 });
  });
});
