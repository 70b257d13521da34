import assert from "node:assert/strict";
import { join } from "node:path";
import { type Changes, EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";
import { assertShare, servedBy } from "../support/measured-traffic";
import { LoadedStack, quickPods } from "../support/router-cases";
import { RunningCommand } from "../support/running-command";
import { eventually, Visitor } from "../support/visitor";

const checkout = join(__dirname, "..", "..");

/** Argo Rollouts keeps the pods of a version that lost its share for 30 s at least, and gives one up after 30 s. */
const base: Changes = { ...quickPods, readyTimeout: "30s" };
const argo = { router: "argo-rollouts" };

describe("the router argo-rollouts, with its controller on the embedded cluster", () => {
  const cluster = new EmbeddedCluster(["argo-rollouts"]);
  let stack: EmbeddedStack;
  const loaded = new LoadedStack(() => stack);

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack(base, "e2e-argo");
    await loaded.begin({}, {});
  });

  after(async () => {
    await loaded.end();
    stack.destroy();
    await cluster.leave();
  });

  const reach = (changes: Changes = {}): void => {
    loaded.reach({ ...argo, ...changes });
  };
  const cyan = (...args: string[]): RunningCommand =>
    new RunningCommand([...args, "--stack", stack.name], { cwd: checkout, env: stack.environment });
  const phase = (): string => stack.field("rollout/shop", ".status.phase");

  it("takes over from the pods of ingress-nginx without a loss", async () => {
    reach();
    await servedBy("blue", {});
    assert.equal(stack.field("deployments", ".items[*].spec.replicas"), "0 0");
    loaded.nothingLost();
  });

  for (const canaryWeight of [5, 20, 50]) {
    it(`gives ${canaryWeight} % of the requests to the canary when the update has ended`, async () => {
      reach({ canaryWeight });
      assert.equal(phase(), "Paused");
      await assertShare(canaryWeight, {}, 3_000, 300);
      loaded.nothingLost();
    });
  }

  it("promotes, rolls back to pods that are there yet, and flips at once, without a loss", async () => {
    for (const activeColor of ["green", "blue", "green", "blue"]) {
      reach({ activeColor });
      assert.equal(phase(), "Healthy");
      await servedBy(activeColor, {});
    }
    loaded.nothingLost();
  });

  it("has nothing to do when everything is as declared", () => {
    const { ok, out } = stack.up("--expect-no-changes");
    assert.ok(ok, out);
  });

  it("takes no flip and weight of the next color at once", () => {
    stack.declare({ ...argo, activeColor: "green", canaryWeight: 20 });
    const { ok, out } = stack.up();
    assert.ok(!ok, out);
    assert.match(out, /canaryWeight: with the router argo-rollouts the idle color gets a share when green has all/);
  });

  it("fails when a version does not become ready, which serves nobody, and goes on from there", async () => {
    stack.declare({ ...argo, canaryWeight: 20, "services.shop.green.env.READY_AFTER": "never" });
    const { ok, out } = stack.up();
    assert.ok(!ok, out);
    assert.match(out, /shop: Argo Rollouts aborted, and what served serves on: /);
    await servedBy("blue", {});
    reach();
    loaded.nothingLost();
  });

  it("leads all requests back past the engine, and the next update goes on from there", async () => {
    reach({ canaryWeight: 50 });
    await cyan("abort").exits(0);
    await servedBy("blue", {});
    reach();
    loaded.nothingLost();
  });

  it("is driven by a rollout to its end", async () => {
    const { events } = await cyan("rollout", "--steps", "20,50", "--interval", "1s").exits(0);
    assert.ok(events.some(({ event }) => event === "moved"));
    await servedBy("green", {});
    loaded.nothingLost();
  });

  it("exchanges whole versions by the strategy blue-green, without a loss", async () => {
    for (const activeColor of ["green", "blue", "green"]) {
      reach({ activeColor, "argoRollouts.strategy": "blue-green" });
      assert.equal(phase(), "Healthy");
      await servedBy(activeColor, {});
    }
    loaded.nothingLost();
  });

  it("gives way to another router by force alone, for that loses requests", async () => {
    stack.declare({ activeColor: "green" });
    const { ok, out } = stack.up();
    assert.ok(!ok, out);
    assert.match(out, /router: would change from argo-rollouts to ingress-nginx, and the pods that the controller of/);
    stack.declare({ activeColor: "green", "gate.force": true });
    const forced = stack.up();
    assert.ok(forced.ok, forced.out);
    await eventually(async () => {
      assert.equal((await new Visitor().ask()).color, "green");
    });
  });
});
