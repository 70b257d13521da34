import assert from "node:assert/strict";
import { planOf } from "../../../driver/plan/plan";
import { type Report, reportSchema } from "../../../driver/plan/report";
import { stackOf } from "../../../driver/stack";
import { FakeCluster, type FakeObjects, slice } from "../../support/cluster";
import { released } from "../../support/released";
import { goodConfig } from "../../components/fixtures";

const config = Object.fromEntries(
  Object.entries({ ...goodConfig, drain: "5s" }).map(([key, value]) => [
    `cyan:${key}`,
    { value: typeof value === "string" ? value : JSON.stringify(value) },
  ]),
);
const stack = (...set: string[]) => stackOf({ project: "cyan", name: "dev", config, outputs: {} }, set);

/** The plan of these changes to a config, on a cluster with these objects. */
async function plan(set: readonly string[] = [], objects: Partial<FakeObjects> = released()): Promise<Report> {
  const cluster = new FakeCluster(objects);
  const report = await planOf(stack(...set), Promise.resolve(cluster));
  assert.deepEqual(cluster.patches, []);
  assert.deepEqual(reportSchema.parse(report), report);
  return report;
}

const writesIn = (report: Report): string[] =>
  report.stages.flatMap(({ kind, writes }) =>
    writes.map(({ object, from, to, done }) => `${kind}: ${object}: ${done ? to : `${from} -> ${to}`}`),
  );

describe("a plan", () => {
  it("has nothing to do when everything is as declared", async () => {
    const report = await plan();
    assert.equal(report.verdict, "nothing");
    assert.ok(report.stages.every(({ writes }) => writes.every(({ done }) => done)));
    assert.deepEqual([report.gates, report.refusals, report.drift, report.warnings], [[], [], [], []]);
  });

  it("shows a weight: what each color gets, what it needs for it, and each write with what it changes", async () => {
    const report = await plan(["canaryWeight=20"]);
    assert.equal(report.verdict, "allowed");
    assert.deepEqual(report.services, [
      {
        service: "shop",
        blue: { before: 100, after: 80, ready: 2, needed: 0 },
        green: { before: 0, after: 20, ready: 2, needed: 1 },
      },
    ]);
    assert.deepEqual(writesIn(report), [
      "grow: Deployment shop-blue: 2 × registry/shop:1",
      "grow: Deployment shop-green: 2 × registry/shop:2",
      "main: Ingress shop: blue",
      "canary: Ingress shop-canary: green 0 % -> green 20 %",
      "inside: Service shop: blue",
    ]);
    assert.deepEqual(report.gates, [
      { gate: "capacity", state: "holds", lines: ["shop green: 2 of 1 ready endpoints for 20 % of the requests"] },
    ]);
  });

  it("shows a flip, in the order of its writes", async () => {
    const report = await plan(["activeColor=green", "standby=0"]);
    assert.deepEqual(
      report.stages.map(({ kind }) => kind),
      ["grow", "gate", "main", "canary", "inside", "drain", "shrink"],
    );
    assert.deepEqual(writesIn(report), [
      "grow: Deployment shop-green: 2 × registry/shop:2",
      "main: Ingress shop: blue -> green",
      "canary: Ingress shop-canary: green 0 % -> blue 0 %",
      "inside: Service shop: blue -> green",
      "shrink: Deployment shop-blue: 2 × registry/shop:1 -> 0 × registry/shop:1",
    ]);
    assert.equal(report.stages.find(({ kind }) => kind === "drain")?.seconds, 5);
  });

  it("shows a first deploy, whose gate is asked when the color has grown", async () => {
    const report = await plan([], {});
    assert.equal(report.verdict, "allowed");
    assert.deepEqual(writesIn(report), [
      "grow: Deployment shop-blue:  -> 2 × registry/shop:1",
      "main: Ingress shop:  -> blue",
      "canary: Ingress shop-canary:  -> green 0 %",
      "inside: Service shop:  -> blue",
      "shrink: Deployment shop-green:  -> 2 × registry/shop:2",
    ]);
    assert.deepEqual(
      report.gates.map(({ state }) => state),
      ["later"],
    );
  });

  it("leaves the number of pods to an autoscaler that is at work", async () => {
    const set = ["services.shop.autoscaling.minReplicas=2", "services.shop.autoscaling.maxReplicas=9"];
    const report = await plan(set, released({ replicas: 5 }));
    assert.equal(report.verdict, "nothing");
    assert.equal(writesIn(report)[0], "grow: Deployment shop-blue: 2 to 9 × registry/shop:1");
  });

  it("shows shares that pods make, in the order in which they come and go, and how near to the weight they are", async () => {
    const annotations = { "cyan.dev/active-color": "blue", "cyan.dev/canary-weight": "0" };
    const selector = { "app.kubernetes.io/name": "shop" };
    const left = released();
    const deployments = left.deployments.map((each) => {
      const replicas = each.metadata?.name === "shop-blue" ? 4 : 0;
      return { ...each, spec: { replicas, template: { ...each.spec?.template } } };
    });
    const objects = {
      deployments,
      services: [{ metadata: { name: "shop", annotations }, spec: { selector } }],
      endpointSlices: [slice("shop-blue", 4)],
    };
    const unrouted = Object.fromEntries(
      Object.entries(config).filter(([key]) => !["cyan:ingress", "cyan:previewHost"].includes(key)),
    );
    const set = ["router=replicas", "services.shop.replicas=4", "canaryWeight=30"];
    const declared = stackOf({ project: "cyan", name: "dev", config: unrouted, outputs: {} }, set);
    const report = await planOf(declared, Promise.resolve(new FakeCluster(objects)));
    assert.deepEqual(report.services, [
      {
        service: "shop",
        blue: { before: 100, after: 66.7, ready: 4, needed: 4 },
        green: { before: 0, after: 33.3, ready: 0, needed: 2 },
      },
    ]);
    assert.deepEqual(writesIn(report), [
      "grow: Deployment shop-blue: 4 × registry/shop:1",
      "grow: Deployment shop-green: 0 × registry/shop:2 -> 2 × registry/shop:2",
      "main: Service shop: blue, green 0 % -> blue, green 33.3 %",
    ]);
    assert.deepEqual(report.warnings, [
      "services.shop: canaryWeight 30 is given as 33.3 %, by 4 blue and 2 green pods, the nearest that they can: 3.3 points " +
        "off; with replicas 10 it is exact",
    ]);
  });

  it("is refused by a gate that does not hold, and by a rule", async () => {
    const dead = await plan(["activeColor=green"], released({ ready: { green: 0 } }));
    assert.equal(dead.verdict, "refused");
    assert.deepEqual(dead.gates, [
      {
        gate: "capacity",
        state: "fails",
        lines: ["shop green: 0 of 2 ready endpoints for 100 % of the requests", "  it has no pods"],
      },
    ]);
    const changed = await plan(["services.shop.blue.image=registry/shop:9"]);
    assert.equal(changed.verdict, "refused");
    assert.match(changed.refusals[0] ?? "", /^services\.shop\.blue\.image: blue serves registry\/shop:1/);
  });

  it("says loudly that a gate is skipped", async () => {
    const report = await plan(["activeColor=green", "gate.force=true"], released({ ready: { green: 0 } }));
    assert.equal(report.verdict, "allowed");
    assert.equal(report.gates[0]?.state, "skipped");
    assert.deepEqual(report.warnings, ["gate.force is set: traffic moves whether or not the colors can take it"]);
  });

  it("names what was edited by hand, and what the config most likely does not mean", async () => {
    const edited = released({ traffic: { activeColor: "blue", canaryWeight: 50 } });
    const [main] = edited.kinds["Ingress"] ?? [];
    Object.assign(main?.metadata?.annotations ?? {}, { "cyan.dev/canary-weight": "10" });
    const same = { blue: "registry/shop:1", green: "registry/shop:1" };
    const report = await plan(["canaryWeight=10", "services.shop.green.image=registry/shop:1"], edited);
    assert.deepEqual(report.drift, ["shop: the canary's weight is 50, 10 was recorded"]);
    assert.deepEqual(report.warnings, [
      `services.shop: both colors run ${same.blue}; a canaryWeight of 10 tries nothing new`,
    ]);
  });

  it("cannot be told when the cluster does not answer", async () => {
    const report = await planOf(stack("canaryWeight=5"), Promise.reject(new Error("connect ECONNREFUSED")));
    assert.deepEqual([report.verdict, report.unknown, report.gates], ["unknown", "connect ECONNREFUSED", []]);
    assert.equal(report.services[0]?.green.ready, undefined);
  });

  it("names the one object that a selector switch writes", async () => {
    const objects = { ...released(), kinds: {} };
    const set = ["router=service", "activeColor=green", "services.shop.ingress=false"];
    const unrouted = stackOf(
      {
        project: "cyan",
        name: "dev",
        config: { ...config, "cyan:ingress": { value: "{}" }, "cyan:previewHost": {} },
        outputs: {},
      },
      set,
    );
    const report = await planOf(unrouted, Promise.resolve(new FakeCluster(objects)));
    assert.deepEqual(
      writesIn(report).filter((line) => line.includes("Service")),
      ["main: Service shop: blue, green 0 % -> green, blue 0 %"],
    );
  });

  it("names the object that splits, where another one leads to it", async () => {
    const routes = (report: Report): string[] => writesIn(report).filter((line) => !line.includes("Deployment"));
    assert.deepEqual(routes(await plan(["router=traefik", "canaryWeight=20"], {})), [
      "main: TraefikService shop:  -> blue, green 20 %",
      "inside: Service shop:  -> blue",
    ]);
    const gateway = ["router=gateway-api", "ingress.gateway=infra/edge", "canaryWeight=20"];
    assert.deepEqual(routes(await plan(gateway, {})), [
      "main: HTTPRoute shop:  -> blue, green 20 %",
      "inside: Service shop:  -> blue",
    ]);
  });
});
