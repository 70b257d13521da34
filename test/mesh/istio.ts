import { network } from "../../sandbox/cluster/network";
import { EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";
import { LoadedStack, quickPods } from "../support/router-cases";

describe("the real Istio on the embedded cluster", () => {
  const cluster = new EmbeddedCluster(["istio"]);
  let stack: EmbeddedStack;
  const loaded = new LoadedStack(() => stack);

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack(quickPods);
  });

  after(async () => {
    stack.destroy();
    await cluster.leave();
  });

  describe("at the ingress gateway", () => {
    const way = { origin: `http://127.0.0.1:${network.istioPort}` };
    const changes = { "ingress.gateway": "istio-system/edge" };
    const weights = [5, 20, 50].map((weight) => [weight, weight] as const);
    for (const router of ["istio", "gateway-api"] as const) {
      describe(router, () => {
        before(() => loaded.begin({ ...changes, router }, way));
        after(() => loaded.end());
        loaded.splits({ router, changes, way }, weights);
        loaded.leadsBack({ router, changes, way });
        loaded.flips({ router, changes, way });
      });
    }
  });
});
