import assert from "node:assert/strict";
import { EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";

const quick = { readyTimeout: "20s", drain: "0", "gate.timeout": "5s", "services.shop.preStop": "1s" };
const version = (text: string) => ({ "/etc/shop/version": text });

describe("what a color is made of, on the embedded cluster", () => {
  const cluster = new EmbeddedCluster();
  let stack: EmbeddedStack;

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack(quick);
  });

  after(async () => {
    stack.destroy();
    await cluster.leave();
  });

  const generation = (color: string): string => stack.field(`deployment/shop-${color}`, ".metadata.generation");

  it("is admitted by a restricted namespace, all of it", () => {
    stack.reach({
      "services.shop.files": version("one"),
      "services.shop.autoscaling": { minReplicas: 2, maxReplicas: 5 },
      networkPolicy: { from: ["ingress", "192.0.2.0/24"], to: ["db:5432"] },
    });
    const level = ".metadata.labels.pod-security\\.kubernetes\\.io/enforce";
    assert.equal(stack.field("namespace/cyan-dev", level), "restricted");
    for (const color of ["blue", "green"]) {
      const label = ["-l", `cyan.dev/color=${color}`];
      const pods = stack.kubectl("get", "pods", ...label, "-o", "jsonpath={.items[*].spec.volumes[*].name}");
      assert.deepEqual(new Set(pods.split(" ")), new Set(["config"]), "a token would be a volume too");
      const account = stack.kubectl("get", "pods", ...label, "-o", "jsonpath={.items[*].spec.serviceAccountName}");
      assert.deepEqual(account.split(" "), Array(2).fill(`shop-${color}`));
      assert.equal(stack.field(`networkpolicy/shop-${color}`, ".spec.policyTypes"), '["Ingress","Egress"]');
      const healthy = ["--for=jsonpath={.status.currentHealthy}=2", "--timeout=20s"];
      stack.kubectl("wait", `poddisruptionbudget/shop-${color}`, ...healthy);
    }
  });

  it("leaves the number of pods to an autoscaler, through updates without a change and with one", () => {
    const autoscaling = { "services.shop.autoscaling": { minReplicas: 2, maxReplicas: 5 } };
    const files = { "services.shop.files": version("one") };
    stack.reach({ ...autoscaling, ...files });
    // The write of the autoscaler's controller: by the scale subresource, under its name.
    const scale = ["--subresource=scale", "--type=merge", "--patch", '{"spec":{"replicas":3}}'];
    stack.kubectl("patch", "deployment", "shop-blue", ...scale, "--field-manager=kube-controller-manager");
    stack.kubectl("rollout", "status", "deployment/shop-blue", "--timeout=20s");
    const replicas = (): string => stack.field("deployment/shop-blue", ".spec.replicas");
    const unchanged = stack.up("--expect-no-changes");
    assert.ok(unchanged.ok, unchanged.out);
    assert.equal(replicas(), "3");
    const before = generation("blue");
    stack.reach({ ...autoscaling, "services.shop.files": version("two") });
    assert.notEqual(generation("blue"), before);
    assert.equal(replicas(), "3");
  });
});
