import assert from "node:assert/strict";
import { type ClusterEvent, mainRoutes, type ObjectReference } from "../../../components/live/events";
import { liveRouters } from "../../../components/routers/live";
import { kubernetesEvents } from "../../../driver/observers/kubernetes-events";
import { type RolloutEvent } from "../../../driver/rollout/report";
import { FakeClock } from "../../support/clock";
import { FakeCluster } from "../../support/cluster";

const shop: ObjectReference = { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "shop", uid: "u1" };
const traffic = { activeColor: "blue", canaryWeight: 20 } as const;
const cause = { kind: "analysis", why: "5 % of 200" } as const;

/** Events that are written, until the API server is told to refuse them, or to fail. */
async function told(events: readonly RolloutEvent[], answer: () => Promise<boolean> = () => Promise.resolve(true)) {
  const written: ClusterEvent[] = [];
  const lines: string[] = [];
  const observer = kubernetesEvents({
    events: {
      create: async (event) => {
        written.push(event);
        return answer();
      },
    },
    routes: () => Promise.resolve([shop, { ...shop, name: "cart", uid: "u2" }]),
    rollout: "r1",
    instance: "ada@one, process 10".padEnd(200, "."),
    clock: new FakeClock(),
    problem: (line) => lines.push(line),
  });
  for (const event of events) observer.tell(event);
  await observer.close();
  return { written, lines };
}

describe("Kubernetes Events of a rollout", () => {
  it("are on the route of each service, and say who reports what when", async () => {
    const { written, lines } = await told([{ event: "moved", step: 0, traffic, seconds: 3 }]);
    assert.deepEqual(
      written.map(({ regarding }) => regarding.name),
      ["shop", "cart"],
    );
    assert.deepEqual(written[0], {
      regarding: shop,
      ...{ type: "Normal", reason: "TrafficMoved", action: "MoveTraffic" },
      note: "rollout r1: live: blue 80 %, green 20 %, after 3.0 s",
      at: new Date("2026-11-24T12:00:00Z"),
      instance: "ada@one, process 10".padEnd(128, "."),
    });
    assert.deepEqual(lines, []);
  });

  it("tell of each step, verdict, abort and end, and warn of what is no success", async () => {
    const { written } = await told([
      { event: "began", from: "blue", to: "green", weights: [20], images: {} },
      { event: "moving", step: 0, traffic },
      { event: "looked", step: 0, left: 1, evidence: [] },
      { event: "judged", step: 0, verdict: "pass", why: "" },
      { event: "judged", step: 0, verdict: "fail", why: "" },
      { event: "waiting", why: "approval" },
      { event: "restoring", cause, traffic },
      { event: "led-back", traffic, milliseconds: 40 },
      { event: "ended", outcome: "promoted", traffic },
      { event: "ended", outcome: "restored", cause, traffic },
      { event: "ended", outcome: "stuck", cause, traffic },
    ]);
    const ofShop = written.filter(({ regarding }) => regarding.name === "shop");
    assert.deepEqual(
      ofShop.map(({ reason, type }) => `${type} ${reason}`),
      [
        "Normal RolloutBegan",
        "Normal StepJudged",
        "Warning StepJudged",
        "Normal RolloutWaiting",
        "Warning ReleaseTakenBack",
        "Warning RequestsLedBack",
        "Normal ReleasePromoted",
        "Warning ReleaseRestored",
        "Warning ReleaseStuck",
      ],
    );
  });

  it("are cut to what Kubernetes takes, between two characters", async () => {
    const { written } = await told([{ event: "judged", step: 0, verdict: "fail", why: "€".repeat(500) }]);
    const note = written[0]?.note ?? "";
    assert.ok(Buffer.byteLength(note) <= 1024 && Buffer.byteLength(note) > 1018);
    assert.match(note, /^rollout r1: verdict: fail, €+…$/);
  });

  it("that the API server refuses are told of once, and no more of them are tried", async () => {
    const moved = { event: "moved", step: 0, traffic, seconds: 3 } as const;
    const { written, lines } = await told([moved, moved], () => Promise.resolve(false));
    assert.equal(written.length, 2);
    assert.deepEqual(lines, [
      "no Kubernetes Events are written: the API server refuses them; docs/rbac/driver.yaml has the right",
    ]);
  });

  it("that could not be written are told of, each", async () => {
    const moved = { event: "moved", step: 0, traffic, seconds: 3 } as const;
    const { lines } = await told([moved, moved], () => Promise.reject(new Error("no connection")));
    const line = "no Kubernetes Event tells of moved: no connection";
    assert.deepEqual(lines, [line, line]);
  });
});

describe("the main routes of services", () => {
  const metadata = (name: string) => ({ metadata: { name, uid: `of-${name}` } });

  it("are the objects that the router has for it, without those of services that have no route", async () => {
    const Ingress = ["shop", "shop-canary", "other"].map(metadata);
    const cluster = new FakeCluster({ kinds: { Ingress }, services: ["shop", "cart"].map(metadata) });
    assert.deepEqual(await mainRoutes(cluster, liveRouters["ingress-nginx"], ["shop", "cart"]), [
      { ...shop, uid: "of-shop" },
    ]);
    assert.deepEqual(await mainRoutes(cluster, liveRouters.service, ["cart"]), [
      { apiVersion: "v1", kind: "Service", name: "cart", uid: "of-cart" },
    ]);
  });

  it("are of the kind that splits, with every router", async () => {
    for (const router of Object.values(liveRouters)) {
      const of = (kind: string) => router.trafficObjects("shop").filter((each) => each.kind === kind);
      const objects = (kind: string) => of(kind).map(({ name }) => metadata(name));
      const kinds = Object.fromEntries(router.kinds.map(({ kind }) => [kind, objects(kind)]));
      const cluster = new FakeCluster({ kinds, services: objects("Service") });
      const main = router.trafficObjects("shop").find(({ gives }) => gives === "main");
      const found = await mainRoutes(cluster, router, ["shop"]);
      assert.deepEqual(
        found.map(({ kind, name }) => ({ kind, name })),
        [{ kind: main?.kind, name: main?.name }],
      );
    }
  });
});
