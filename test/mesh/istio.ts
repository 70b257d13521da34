import assert from "node:assert/strict";
import { stackOfBlock } from "../support/embedded-stack";
import { atGateway, edge, insideMesh, meshed } from "../support/istio";
import { assertShare } from "../support/measured-traffic";
import { LoadedStack, quickPods } from "../support/router-cases";

const weights = [5, 20, 50].map((weight) => [weight, weight] as const);

/** Two routers that lead the same requests, and how those come. */
const places = [
  { place: "at the ingress gateway", routers: ["istio", "gateway-api"], changes: edge, way: atGateway },
  { place: "inside the mesh", routers: ["istio", "linkerd"], changes: meshed, way: insideMesh },
] as const;

describe("the routers that the real Istio brings out, under load", () => {
  const stack = stackOfBlock(quickPods, ["istio"]);
  const loaded = new LoadedStack(stack);

  for (const { place, routers, changes, way } of places) {
    describe(place, () => {
      const [first, second] = routers;

      before(() => loaded.begin({ ...changes, router: second }, way));
      after(async () => {
        await loaded.end();
        // The next place begins with another router, which takes no change of the traffic.
        stack().reach({ ...changes, router: second });
      });

      for (const router of routers) {
        describe(router, () => {
          loaded.shows({ router, changes, way }, weights);
        });
      }

      describe("changes from one to the other", () => {
        it("are made while they split, without a loss", async () => {
          for (const router of [second, first, second]) {
            loaded.reach({ ...changes, router, canaryWeight: 20 });
            await assertShare(20, way);
          }
          loaded.nothingLost();
        });

        it("are refused with a change of the traffic", async () => {
          stack().declare({ ...changes, router: first, canaryWeight: 50 });
          const { ok, out } = stack().up();
          assert.ok(!ok, out);
          assert.ok(
            out.includes(`router: would change from ${second} to ${first}, and the traffic of shop with it;`),
            out,
          );
          await assertShare(20, way);
          loaded.nothingLost();
        });
      });
    });
  }
});
