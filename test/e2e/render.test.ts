import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseAllDocuments } from "yaml";
import { capabilities } from "../../components/model/routers";
import { routerKinds } from "../../components/model/settings";
import { type RenderReport } from "../../driver/render/report";
import { type Manifest } from "../../render/manifest";
import { cacheFolder } from "../../sandbox/toolchain/cache";
import { presentTools } from "../../sandbox/toolchain/toolchain";
import { EmbeddedCluster, EmbeddedStack, type Ran } from "../support/embedded-stack";

const checkout = join(__dirname, "..", "..");

describe("cyan render on the embedded cluster", () => {
  const cluster = new EmbeddedCluster();
  let stack: EmbeddedStack;

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack();
    // A dry run makes no namespace for what is in it.
    stack.kubectl("create", "namespace", "cyan-dev");
    const tools = await presentTools({ cache: cacheFolder(process.env), env: process.env });
    // The kinds of every router; the sandbox itself has those that it can route with.
    const kinds = [...tools].flatMap(([name, { path }]) => (name.endsWith(".yaml") ? ["-f", path] : []));
    stack.kubectl("apply", "--server-side", "--force-conflicts", ...kinds);
  });

  after(async () => {
    stack.kubectl("delete", "namespace", "cyan-dev", "--wait=false");
    stack.destroy();
    await cluster.leave();
  });

  const cyan = (...args: string[]): Ran =>
    stack.run(process.execPath, "driver/cyan.js", "render", ...args, "--config-file", stack.configFile);

  for (const router of routerKinds) {
    it(`gives what the API server takes, with ${router}`, () => {
      const { host, gateway, weight, autoscaling } = capabilities[router];
      stack.declare({
        ...(host ? {} : { ingress: undefined, previewHost: undefined }),
        ...(gateway && { "ingress.gateway": "default/edge" }),
        ...(weight && { canaryWeight: 20 }),
        "services.shop.files": { "/etc/shop/features.yaml": "checkout: on\n" },
        ...(autoscaling && { "services.shop.autoscaling": { minReplicas: 2, maxReplicas: 4 } }),
      });
      const out = join(stack.work, router);
      const { ok, out: printed } = cyan("--router", router, "--out", out, "--json");
      assert.ok(ok, printed);
      // Warnings, of which a router may have some, come beside it.
      const report = printed.split("\n").find((line) => line.startsWith("{")) ?? assert.fail(printed);
      const { files } = JSON.parse(report) as RenderReport;
      const objects = files.flatMap((file) => file.objects);

      const built = stack.kubectl("kustomize", out);
      const manifests = parseAllDocuments(built).map((each) => each.toJS() as Manifest);
      assert.equal(manifests.length, objects.length);
      assert.ok(manifests.every(({ metadata }) => metadata.labels?.["app.kubernetes.io/part-of"] === "dev"));

      const applied = stack.kubectl("apply", "--server-side", "--dry-run=server", "--validate=strict", "-k", out);
      assert.equal(applied.trim().split("\n").length, objects.length, applied);
    });
  }

  for (const [folder, ...args] of [
    ["argo-rollouts/canary", "--router", "argo-rollouts"],
    ["argo-rollouts/blue-green", "--router", "argo-rollouts", "--strategy", "blue-green"],
    ["flagger", "--router", "flagger"],
  ] as const) {
    it(`gives what the API server takes for ${folder}, as it takes the example`, () => {
      stack.declare();
      const out = join(stack.work, folder);
      const { ok, out: printed } = cyan(...args, "--prometheus", "http://prometheus.monitoring:9090", "--out", out);
      assert.ok(ok, printed);
      const dryRun = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "-k"];
      stack.kubectl(...dryRun, out);
      // The example's own namespace is not there: it is put into this one.
      const overlay = join(stack.work, "overlay", folder);
      mkdirSync(overlay, { recursive: true });
      const example = relative(overlay, join(checkout, "docs", "examples", folder));
      writeFileSync(join(overlay, "kustomization.yaml"), `namespace: cyan-dev\nresources: [${example}]\n`);
      const applied = stack.kubectl(...dryRun, overlay);
      assert.match(applied, /^(rollout\.argoproj\.io|canary\.flagger\.app)\/shop serverside-applied/m);
    });
  }

  it("writes over nothing by itself, and tells its mistake in one message", () => {
    const out = join(stack.work, "again");
    stack.declare();
    assert.ok(cyan("--out", out).ok);
    assert.ok(cyan("--out", out).ok, "the same once more");
    const file = join(out, "blue", "shop-blue-deployment.yaml");
    const before = readFileSync(file, "utf8");
    const { ok, out: said } = cyan("--out", out, "--set", "services.shop.blue.image=cyan.local/demo:v3");
    assert.ok(!ok);
    assert.match(
      said,
      /^error: nothing was written: .*\n {2}blue\/kustomization\.yaml\n {2}blue\/shop-blue-deployment\.yaml\n$/,
    );
    assert.equal(readFileSync(file, "utf8"), before);
    assert.match(cyan("--out", out, "--router", "service").out, /service cannot lead a host to a service/);
  });
});
