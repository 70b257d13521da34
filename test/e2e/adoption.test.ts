import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { CountedLoad } from "../reliability/counted-load";
import { type Changes, EmbeddedCluster, EmbeddedStack, type Ran } from "../support/embedded-stack";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);
const namespace = "cyan-dev";

/** Cyan's config for what is live: the host and the port of the checkout's, and the TLS secret that the Ingress names. */
const asLive = { readyTimeout: "60s", drain: "1s", "gate.timeout": "10s", createNamespace: false } satisfies Changes;
const kept = "nginx.ingress.kubernetes.io/ssl-redirect";

/** What the live Ingress has besides its place. */
const declared = { "ingress.tls": "shop-tls", "ingress.annotations": { [kept]: "false" } } satisfies Changes;
const adopting = { ...declared, adopt: true } satisfies Changes;

const container = {
  name: "shop",
  image: "cyan.local/demo:v1",
  imagePullPolicy: "Never",
  env: [{ name: "COLOR", value: "old" }],
  ports: [{ containerPort: 8080 }],
  readinessProbe: { httpGet: { path: "/readyz", port: 8080 }, periodSeconds: 1 },
  lifecycle: { preStop: { sleep: { seconds: 5 } } },
};

/** What a team has: a Deployment, a Service and an Ingress. */
const objects = [
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "shop", namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "shop" } },
      template: { metadata: { labels: { app: "shop" } }, spec: { containers: [container] } },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "shop", namespace },
    spec: { selector: { app: "shop" }, ports: [{ port: 80, targetPort: 8080 }] },
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "shop", namespace, annotations: { [kept]: "false" } },
    spec: {
      ingressClassName: "nginx",
      tls: [{ hosts: ["shop.localhost"], secretName: "shop-tls" }],
      rules: [
        {
          host: "shop.localhost",
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "shop", port: { number: 80 } } } }],
          },
        },
      ],
    },
  },
];

/** The same as a Pulumi program of the team's own. */
const program = `
const { apps, core, networking } = require("@pulumi/kubernetes");
const [deployment, service, ingress] = ${JSON.stringify(objects)};
service.metadata.annotations = { "pulumi.com/skipAwait": "true" };
new apps.v1.Deployment("shop", deployment);
new core.v1.Service("shop", service);
new networking.v1.Ingress("shop", ingress);
`;

describe("what is live already, under load, each request counted", function () {
  this.timeout(300_000);
  const cluster = new EmbeddedCluster();
  const files = mkdtempSync(join(tmpdir(), "cyan-adoption-"));
  let stack: EmbeddedStack;
  let load: CountedLoad;

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack(asLive);
    done(stack.run("kubectl", "create", "namespace", namespace));
  });

  after(async () => {
    stack.destroy();
    done(stack.run("pulumi", "stack", "rm", "old", "--yes", "--force", "--cwd", files, "--non-interactive"));
    done(stack.run("kubectl", "delete", "namespace", namespace, "--wait=false"));
    rmSync(files, { recursive: true });
    await cluster.leave();
  });

  const begin = async (): Promise<void> => {
    stack.kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
    load = await CountedLoad.start(paths, 100, 600);
  };
  const uids = () => ["ingress/shop", "service/shop"].map((object) => stack.field(object, ".metadata.uid"));

  /** No request was lost until now, and those of the next second are all answered by `color`. */
  const served = async (color: string): Promise<void> => {
    const answers = await load.nextSecond();
    assert.deepEqual([...new Set(answers.map((answer) => answer.color))], [color]);
    const { lost, losses } = load.counts();
    assert.equal(lost, 0, JSON.stringify(losses));
  };

  describe("made by kubectl", () => {
    let atFirst: string[];

    before(async () => {
      const file = join(files, "shop.json");
      writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
      stack.kubectl("apply", "--filename", file);
      atFirst = uids();
      await begin();
    });

    it("is refused without being asked for, with what to do, and untouched", async () => {
      stack.declare();
      const { ok, out } = stack.up();
      assert.equal(ok, false);
      assert.match(
        out,
        /services\.shop: Ingress shop and Service shop: not made by Cyan.*pulumi config set adopt true/,
      );
      stack.declare({ adopt: true });
      const { out: lacking } = stack.up();
      assert.match(lacking, /ingress\.tls: is not set, and Ingress shop has shop-tls for shop\.localhost/);
      assert.match(lacking, /ingress\.annotations: Ingress shop has nginx\S+ssl-redirect, which the next update would/);
      assert.equal(stack.kubectl("get", "deployments", "--output=name").trim(), "deployment.apps/shop");
      await served("old");
    });

    it("is adopted: nothing is replaced or deleted, what was annotated stays, and no request is lost", async () => {
      stack.declare(adopting);
      const { out } = stack.pulumi("preview", "--json", "--refresh=false");
      const { steps } = JSON.parse(out.slice(out.indexOf("{"), out.lastIndexOf("}") + 1)) as {
        steps: { op: string }[];
      };
      const others = steps.map(({ op }) => op).filter((op) => op !== "create" && op !== "same");
      assert.deepEqual(others, []);
      const { out: said } = stack.reach(adopting);
      assert.match(said, /adopts Ingress shop and Service shop, served by 2 ready endpoints of Service shop/);
      assert.doesNotMatch(said, /replaced|deleted/);
      assert.deepEqual(uids(), atFirst);
      assert.deepEqual(stack.shopTraffic(), { main: "shop-blue", canary: "shop-green", weight: "0" });
      assert.equal(stack.field("ingress/shop", ".spec.tls[0].secretName"), "shop-tls");
      assert.equal(stack.field("ingress/shop", `.metadata.annotations.${kept.replaceAll(".", "\\.")}`), "false");
      assert.equal(
        stack.field("service/shop", ".spec.selector"),
        '{"app.kubernetes.io/name":"shop","cyan.dev/color":"blue"}',
      );
      await served("blue");
    });

    it("flips like any release when the old Deployment is gone", async () => {
      stack.kubectl("delete", "deployment", "shop");
      stack.reach({ ...declared, activeColor: "green" });
      assert.equal(stack.field("ingress/shop", `.metadata.annotations.${kept.replaceAll(".", "\\.")}`), "false");
      await served("green");
    });

    it("is left with everything running, and entered again", async () => {
      const green = { ...declared, activeColor: "green" };
      stack.reach({ ...green, retainOnDelete: true });
      done(stack.pulumi("destroy", "--yes", "--skip-preview"));
      assert.match(stack.run("pulumi", "stack", "--non-interactive").out, /No resources currently in this stack/);
      assert.deepEqual(uids(), atFirst);
      await served("green");
      stack.reach(green);
      assert.deepEqual(uids(), atFirst);
      await served("green");
    });

    after(async () => {
      await load.stop();
      done(stack.pulumi("destroy", "--yes", "--skip-preview"));
    });
  });

  describe("made by another Pulumi stack", () => {
    const other = (...args: string[]): Ran =>
      done(stack.run("pulumi", ...args, "--cwd", files, "--stack", "old", "--non-interactive"));

    before(async () => {
      symlinkSync(join(checkout, "node_modules"), join(files, "node_modules"));
      writeFileSync(join(files, "Pulumi.yaml"), "name: web\nruntime: {name: nodejs, options: {typescript: false}}\n");
      writeFileSync(join(files, "package.json"), JSON.stringify({ name: "web", main: "index.js" }));
      writeFileSync(join(files, "index.js"), program);
      done(stack.run("pulumi", "stack", "init", "old", "--cwd", files, "--non-interactive"));
      other("up", "--yes", "--skip-preview");
      await begin();
    });

    it("is adopted, and that stack goes without taking it along", async () => {
      const live = uids();
      stack.reach(adopting);
      await served("blue");
      for (const type of ["networking.k8s.io/v1:Ingress", "core/v1:Service"]) {
        other("state", "delete", `urn:pulumi:old::web::kubernetes:${type}::shop`, "--yes");
      }
      other("destroy", "--yes", "--skip-preview");
      assert.deepEqual(uids(), live);
      await served("blue");
      assert.doesNotMatch(stack.kubectl("get", "deployments", "--output=name"), /\/shop$/m);
    });

    after(() => load.stop());
  });
});

function done(ran: Ran): Ran {
  assert.ok(ran.ok, ran.out);
  return ran;
}
