import assert from "node:assert/strict";
import { join } from "node:path";
import { type Report, reportSchema } from "../../driver/plan/report";
import { type Changes, EmbeddedCluster, EmbeddedStack, type Ran } from "../support/embedded-stack";
import { atGateway as way, edge } from "../support/istio";
import { assertShare, servedBy } from "../support/measured-traffic";
import { LoadedStack, quickPods } from "../support/router-cases";
import { RunningCommand } from "../support/running-command";

const checkout = join(__dirname, "..", "..");
const quick: Changes = { ...quickPods, ...edge, "gate.timeout": "5s", router: "istio" };

describe("the commands and gates with the router istio at the ingress gateway of the real Istio, under load", () => {
  const cluster = new EmbeddedCluster(["istio"]);
  let stack: EmbeddedStack;
  const driven: RunningCommand[] = [];
  const loaded = new LoadedStack(() => stack);

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack(quick, "e2e-istio");
    await loaded.begin({}, way);
  });

  after(async () => {
    await Promise.all(driven.filter(({ runs }) => runs).map((command) => command.kill()));
    await loaded.end();
    stack.destroy();
    await cluster.leave();
  });

  afterEach(() => {
    loaded.nothingLost();
  });

  const cyan = (...args: string[]): Ran =>
    stack.run(process.execPath, "driver/cyan.js", ...args, "--stack", stack.name);
  const driving = (...args: string[]): RunningCommand => {
    const command = new RunningCommand([...args, "--stack", stack.name], { cwd: checkout, env: stack.environment });
    driven.push(command);
    return command;
  };

  /** The verdict of a plan with these values set, and what it would write. */
  function plan(...values: string[]): readonly [verdict: string, ...writes: string[]] {
    const { out } = cyan("plan", "--json", ...values.flatMap((value) => ["--set", value]));
    const { verdict, stages }: Report = reportSchema.parse(JSON.parse(out));
    const writes = stages.flatMap((stage) => stage.writes.filter(({ done }) => !done));
    return [verdict, ...writes.map(({ object, from, to }) => `${object}: ${from} -> ${to}`)];
  }

  it("plan shows what an update would write, and then there is nothing left to do", async () => {
    assert.deepEqual(plan("canaryWeight=20"), ["allowed", "VirtualService shop: blue, green 0 % -> blue, green 20 %"]);
    loaded.reach({ canaryWeight: 20 });
    await assertShare(20, way);
    assert.deepEqual(plan(), ["nothing"]);
    assert.deepEqual(plan("activeColor=green", "canaryWeight=0"), [
      "allowed",
      "VirtualService shop: blue, green 20 % -> green, blue 0 %",
      "Service shop: blue -> green",
    ]);
  });

  it("status holds live traffic against what is declared and recorded, and names an edit by hand, which an update takes back", async () => {
    loaded.reach({ canaryWeight: 20 });
    assert.ok(cyan("status").ok);
    const route = stack.field("virtualservice/shop", ".spec.http").replace('"weight":20', '"weight":70');
    const edited = `{"spec":{"http":${route.replace('"weight":80', '"weight":30')}}}`;
    stack.kubectl("patch", "virtualservice", "shop", "--type=merge", "--patch", edited);
    const { ok, out } = cyan("status");
    assert.ok(!ok, out);
    assert.match(out, /edited by hand: the canary's weight is 70, 20 was recorded/);
    await assertShare(70, way);
    assert.match(stack.reach({ canaryWeight: 20 }).out, /edited by hand/);
    await assertShare(20, way);
  });

  it("gates refuse a flip to a color that is too small, or answers wrongly, and nothing moves", async () => {
    loaded.reach({});
    const refused = async (changes: Changes, ...said: readonly RegExp[]): Promise<void> => {
      stack.declare({ activeColor: "green", ...changes });
      const { ok, out } = stack.up();
      assert.ok(!ok, out);
      for (const each of said) assert.match(out, each);
      assert.equal(stack.field("virtualservice/shop", ".spec.http[-1:].route[*].weight"), "100 0");
      assert.match(stack.field("virtualservice/shop", ".spec.http[-1:].route[0].destination.host"), /^shop-blue$/);
      await servedBy("blue", way);
    };
    await refused(
      { "services.shop.green.replicas": 1 },
      /the capacity gate did not hold within 5s, and no traffic was moved/,
      /shop green: 1 of 2 ready endpoints for 100 % of the requests/,
    );
    await refused(
      { "services.shop.green.env.ERROR_RATE": "1", "gate.http.timeout": "2s", "gate.http.period": "1s" },
      /the http gate did not hold within 2s, and no traffic was moved/,
      /shop green: GET \/ answers 500, not 200/,
    );
  });

  it("abort leads all requests back, and the next update goes on from there", async () => {
    loaded.reach({ canaryWeight: 50 });
    await driving("abort").exits(0);
    await servedBy("blue", way);
    assert.ok(cyan("status").ok);
    assert.deepEqual(plan(), ["nothing"]);
    loaded.reach({});
  });

  it("abort ends a rollout that watches, and leads all requests back", async () => {
    const rollout = driving("rollout", "--steps", "50", "--interval", "1h");
    await rollout.until("watching");
    await assertShare(50, way);
    await driving("abort").exits(0);
    await rollout.exits(1);
    await servedBy("blue", way);
    assert.ok(cyan("status").ok);
  });

  it("rollout takes a release to its end", async () => {
    loaded.reach({});
    const { events } = await driving("rollout", "--steps", "20,50", "--interval", "1s").exits(0);
    assert.equal(events.filter(({ event }) => event === "moved").length, 3);
    await servedBy("green", way);
  });
});
