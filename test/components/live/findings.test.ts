import assert from "node:assert/strict";
import { findingsOf } from "../../../components/live/findings";
import { type KubernetesObject, type Service } from "../../../components/live/cluster";
import { liveRouters } from "../../../components/routers/live";
import { FakeCluster } from "../../support/cluster";
import { released } from "../../support/released";
import { goodConfig, settingsOf } from "../fixtures";

/** A cluster that ingress-nginx leads requests in, as the last update left it. */
function left(canaryWeight: number): FakeCluster {
  const objects = released({ traffic: { activeColor: "blue", canaryWeight } });
  const services = objects.services.map((service): Service => {
    if (service.metadata?.name !== "shop") return service;
    return { ...service, metadata: { ...service.metadata, annotations: { "cyan.dev/router": "ingress-nginx" } } };
  });
  return new FakeCluster({ ...objects, services });
}

const findings = (cluster: FakeCluster, change: Record<string, unknown>) =>
  findingsOf(Promise.resolve(cluster), settingsOf({ ...goodConfig, ...change }), liveRouters);

describe("a change of the router", () => {
  it("is refused while the traffic changes too: both routers' routes lead requests for a while", async () => {
    const change = { router: "traefik", activeColor: "blue", canaryWeight: 0 };
    assert.deepEqual((await findings(left(20), change)).refusals, [
      "router: would change from ingress-nginx to traefik, and the traffic of shop with it; change the router while " +
        "activeColor is blue and canaryWeight 20, as they are live, and the traffic in another update",
    ]);
    assert.equal((await findings(left(0), { ...change, activeColor: "green" })).refusals.length, 1);
  });

  it("is done where the traffic stays, or where the former router's routes have gone", async () => {
    assert.deepEqual((await findings(left(20), { router: "traefik", canaryWeight: 20 })).refusals, []);
    const gone = left(20);
    gone.change({ kinds: {} });
    assert.deepEqual((await findings(gone, { router: "traefik" })).refusals, []);
  });

  it("is done by force alone where a controller's pods would go before the routes that lead to them", async () => {
    const leaving = (change: Record<string, unknown>) => {
      const annotations = { "cyan.dev/router": "argo-rollouts" };
      return findings(new FakeCluster({ services: [{ metadata: { name: "shop", annotations } }] }), change);
    };
    assert.deepEqual((await leaving({})).refusals, [
      "router: would change from argo-rollouts to ingress-nginx, and the pods that the controller of argo-rollouts keeps would " +
        "go before its routes do: requests are lost for some seconds; where that may be, do it with: " +
        "pulumi config set --path gate.force true",
    ]);
    assert.deepEqual((await leaving({ gate: { force: true } })).refusals, []);
    assert.deepEqual((await leaving({ router: "argo-rollouts" })).refusals, []);
  });

  it("is none where the router stays, or nobody said which it was", async () => {
    const before = left(20);
    before.podsEverywhere = () => Promise.resolve([]);
    assert.deepEqual((await findings(before, { canaryWeight: 50 })).refusals, []);
    const unsaid: KubernetesObject[] = [];
    const cluster = new FakeCluster({ ...released(), kinds: { Ingress: unsaid } });
    assert.deepEqual((await findings(cluster, { router: "traefik", canaryWeight: 50 })).refusals, []);
  });
});
