import assert from "node:assert/strict";
import { connect } from "../../components/live/connect";
import { type RouterKind } from "../../components/model/settings";
import { type Traffic } from "../../components/model/traffic";
import { liveRouters } from "../../components/routers/live";
import { network } from "../../sandbox/cluster/network";
import { tally } from "../../sandbox/demo/load/answer";
import { type RunningLoad } from "../../sandbox/demo/load/client";
import { type Changes, EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";
import { assertShare, servedBy, startLoad, type Way } from "../support/measured-traffic";

/** Pods that come and go quickly; the color that a weight leaves keeps its pods. */
const base: Changes = {
  ...{ readyTimeout: "60s", drain: "1s" },
  ...{ "services.shop.readyFor": "1s", "services.shop.preStop": "2s" },
};
const blue: Traffic = { activeColor: "blue", canaryWeight: 0 };
const green: Traffic = { activeColor: "green", canaryWeight: 0 };

describe("the real Istio on the embedded cluster", () => {
  const cluster = new EmbeddedCluster(["istio"]);
  let stack: EmbeddedStack;
  let load: RunningLoad;

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack(base);
  });

  after(async () => {
    stack.destroy();
    await cluster.leave();
  });

  const nothingLost = (): void => {
    const { requests, lost, losses } = tally(load.answers);
    assert.ok(requests > 0, "no request was sent");
    assert.equal(lost, 0, JSON.stringify(losses));
  };

  /** What a router has to show while a load goes on. */
  function shows(router: RouterKind, changes: Changes, way: Way): void {
    it("leads all requests to the active color", async () => {
      stack.reach({ ...changes, router });
      await servedBy("blue", way);
      load = startLoad({ rate: 50, count: 60_000 }, way);
      await load.begun;
    });

    for (const canaryWeight of [5, 20, 50]) {
      it(`gives ${canaryWeight} % of 5,000 requests to the canary`, async () => {
        stack.reach({ ...changes, router, canaryWeight });
        await assertShare(canaryWeight, way);
        nothingLost();
      });
    }

    it("leads all requests back past the engine without a loss, and the next update goes on from there", async () => {
      const config = { kubeconfig: stack.environment["KUBECONFIG"] ?? "" };
      await liveRouters[router].move(await connect("cyan-dev", config), ["shop"], blue);
      await servedBy("blue", way);
      stack.reach({ ...changes, router });
      nothingLost();
    });

    it("flips and rolls back without a loss", async () => {
      for (const traffic of [green, blue]) {
        stack.reach({ ...changes, router, ...traffic });
        await servedBy(traffic.activeColor, way);
      }
      nothingLost();
    });
  }

  describe("at the ingress gateway", () => {
    const way = { origin: `http://127.0.0.1:${network.istioPort}` };
    const changes = { "ingress.gateway": "istio-system/edge" };
    for (const router of ["istio", "gateway-api"] as const) {
      describe(router, () => {
        after(() => load.stop());
        shows(router, changes, way);
      });
    }
  });
});
