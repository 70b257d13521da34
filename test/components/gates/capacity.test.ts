import assert from "node:assert/strict";
import { drainLeft } from "../../../components/gates/drain";
import { GateError } from "../../../components/gates/gate";
import { answersNow, gatesOf, passAll } from "../../../components/gates/gates";
import { whyNotReady } from "../../../components/gates/pod-reasons";
import { type Pod } from "../../../components/live/cluster";
import { type Need } from "../../../components/model/needs";
import { planTransition } from "../../../components/model/transition";
import { FakeCluster, slice } from "../../support/cluster";
import { goodConfig, settingsOf } from "../fixtures";

const need = (change: Partial<Need> = {}): Need => ({
  service: "shop",
  color: "green",
  share: 100,
  ready: 0,
  needed: 2,
  ...change,
});
const soon = { seconds: 0.05 };
const later = { seconds: 60 };

/** The gates of a transition with these needs. */
function gates(cluster: FakeCluster, needs: readonly Need[], timeout = soon) {
  const settings = settingsOf(goodConfig);
  const transition = { ...planTransition({ known: true, services: [] }, settings), needs };
  return gatesOf({ cluster, settings: { ...settings, gate: { ...settings.gate, timeout } }, transition });
}

function pod(name: string, status: Pod["status"]): Pod {
  const labels = { "app.kubernetes.io/name": "shop", "cyan.dev/color": "green" };
  return { metadata: { name, labels }, ...(status && { status }) };
}

describe("the gate on ready endpoints", () => {
  it("holds at once when every color has what it needs, and asks nothing when nothing is needed", async () => {
    const cluster = new FakeCluster({ endpointSlices: [slice("shop-green", 2)] });
    await passAll(gates(cluster, [need()]));
    assert.deepEqual(gates(new FakeCluster(), []), []);
  });

  it("holds as soon as the last endpoint is ready", async () => {
    const cluster = new FakeCluster({ endpointSlices: [slice("shop-green", 1)] });
    const held = passAll(gates(cluster, [need()], later));
    await cluster.watched;
    cluster.change({ endpointSlices: [slice("shop-green", 1)] });
    cluster.change({ endpointSlices: [slice("shop-green", 2)] });
    await held;
  });

  it("does not hold for one service when it does for another: all of them, or none", async () => {
    const cluster = new FakeCluster({ endpointSlices: [slice("shop-green", 2)] });
    await assert.rejects(
      passAll(gates(cluster, [need(), need({ service: "cart", share: 20, needed: 1 })])),
      (error) => {
        assert.ok(error instanceof GateError);
        assert.equal(
          error.message,
          [
            "the capacity gate did not hold within 0.05s, and no traffic was moved:",
            "  cart green: 0 of 1 ready endpoints for 20 % of the requests",
            "    it has no pods",
            "  mend the color, or move all the same with: pulumi config set --path gate.force true",
          ].join("\n"),
        );
        return true;
      },
    );
  });

  it("does not say that no traffic was moved where pods that were added have requests already", async () => {
    const settings = settingsOf({ router: "replicas", services: goodConfig.services, gate: { timeout: "1s" } });
    const transition = { ...planTransition({ known: true, services: [] }, settings), needs: [need()] };
    await assert.rejects(
      passAll(gatesOf({ cluster: new FakeCluster(), settings, transition })),
      /did not hold within 1s, and no pod that serves was taken away:/,
    );
  });

  it("says of each pod why it is not ready", async () => {
    const pods = [
      pod("a", {
        containerStatuses: [{ ready: false, restartCount: 0, state: { waiting: { reason: "ErrImagePull" } } }],
      }),
    ];
    const cluster = new FakeCluster({ pods });
    await assert.rejects(
      passAll(gates(cluster, [need()])),
      /shop green: 0 of 2 ready endpoints .*\n +a: its image cannot be had \(ErrImagePull\)/,
    );
  });

  it("says that there are too few pods when all of them are ready", async () => {
    const pods = [pod("a", { conditions: [{ type: "Ready", status: "True" }] })];
    const cluster = new FakeCluster({ endpointSlices: [slice("shop-green", 1)], pods });
    await assert.rejects(passAll(gates(cluster, [need()])), /1 of 2 ready endpoints .*\n +it has no more than 1 pod\n/);
  });

  it("answers now, without waiting, also what will not hold", async () => {
    const cluster = new FakeCluster({ endpointSlices: [slice("shop-green", 1)] });
    const needs = [need(), need({ service: "cart", needed: 1 })];
    assert.deepEqual(await answersNow(gates(cluster, needs, later)), [
      {
        gate: "capacity",
        state: "fails",
        lines: [
          "shop green: 1 of 2 ready endpoints for 100 % of the requests",
          "  it has no pods",
          "cart green: 0 of 1 ready endpoints for 100 % of the requests",
          "  it has no pods",
        ],
      },
    ]);
    assert.deepEqual(await answersNow(gates(cluster, [need({ share: 5, needed: 1 })], later)), [
      { gate: "capacity", state: "holds", lines: ["shop green: 1 of 1 ready endpoints for 5 % of the requests"] },
    ]);
  });
});

describe("the gate on ready endpoints, asked before a color was grown", () => {
  it("can only be answered later, unless the color stays too small or another one fails", async () => {
    const cluster = new FakeCluster();
    const state = async (...needs: Need[]) => (await answersNow(gates(cluster, needs, later)))[0]?.state;
    assert.deepEqual(await answersNow(gates(cluster, [need({ growsTo: 3 })], later)), [
      {
        gate: "capacity",
        state: "later",
        lines: [
          "shop green: 0 of 2 ready endpoints for 100 % of the requests; " +
            "the update first rolls out its Deployment, with 3 replicas",
        ],
      },
    ]);
    assert.equal(await state(need({ growsTo: 1 })), "fails");
    assert.equal(await state(need({ growsTo: 3 }), need({ service: "cart" })), "fails");
  });

  it("says nothing yet of a color that has enough now, and that the update gives another image", async () => {
    const cluster = new FakeCluster({ endpointSlices: [slice("shop-green", 2)] });
    const [answer] = await answersNow(gates(cluster, [need({ growsTo: 2 })], later));
    assert.equal(answer?.state, "later");
  });

  it("fails for a color that has enough now, and that the update makes too small", async () => {
    const cluster = new FakeCluster({ endpointSlices: [slice("shop-green", 2)] });
    const [answer] = await answersNow(gates(cluster, [need({ growsTo: 1 })], later));
    assert.equal(answer?.state, "fails");
    assert.match(
      answer.lines[0] ?? "",
      /^shop green: 2 of 2 ready .*; the update first rolls out its Deployment, with 1 replicas$/,
    );
  });
});

describe("why a pod is not ready", () => {
  const container = (state: object, lastState: object = {}, restartCount = 0) => ({
    containerStatuses: [{ ready: false, restartCount, state, lastState }],
  });
  for (const [what, status, said] of [
    [
      "an image that cannot be pulled",
      container({ waiting: { reason: "ImagePullBackOff", message: "no such tag" } }),
      "p: its image cannot be had (ImagePullBackOff: no such tag)",
    ],
    [
      "a crash",
      container({ waiting: { reason: "CrashLoopBackOff" } }, { terminated: { exitCode: 1, reason: "Error" } }, 3),
      "p: it crashes (exit code 1, Error; 3 restarts)",
    ],
    [
      "the first crash",
      container({ terminated: { exitCode: 137, reason: "OOMKilled" } }),
      "p: it crashes (exit code 137, OOMKilled; 0 restarts)",
    ],
    ["a wait", container({ waiting: { reason: "ContainerCreating" } }), "p: it is waiting (ContainerCreating)"],
    [
      "a wait that says more",
      container({ waiting: { reason: "CreateContainerConfigError", message: 'secret "db" not found' } }),
      'p: it is waiting (CreateContainerConfigError: secret "db" not found)',
    ],
    [
      "a startup probe",
      { containerStatuses: [{ ready: false, started: false, restartCount: 0, state: {} }] },
      "p: its startup probe has not passed yet",
    ],
    ["a probe", container({}), "p: its readiness probe does not pass"],
    [
      "no node",
      { conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }] },
      "p: no node takes it (0/3 nodes are available)",
    ],
    ["nothing, of one that is ready", { conditions: [{ type: "Ready", status: "True" }] }, undefined],
  ] as const) {
    it(`tells ${what}`, () => {
      assert.equal(whyNotReady(pod("p", status)), said);
    });
  }

  it("tells nothing of one that is ending", () => {
    assert.equal(whyNotReady({ metadata: { name: "p", deletionTimestamp: new Date() } }), undefined);
  });
});

describe("the drain", () => {
  const environments = { blue: { ready: 1, replicas: 1 }, green: { ready: 1, replicas: 1 } };
  const moved = (at: string) => ({
    known: true as const,
    services: [{ name: "shop", route: { movedAt: new Date(at) }, environments }],
  });
  const now = new Date("2026-01-01T00:00:30Z");

  it("is over when the routes were written long enough ago, whichever run wrote them", () => {
    assert.equal(drainLeft(moved("2026-01-01T00:00:00Z"), { seconds: 30 }, now), 0);
    assert.equal(drainLeft(moved("2026-01-01T00:00:20Z"), { seconds: 30 }, now), 20_000);
  });

  it("is nothing when it is 0, or when there is no route", () => {
    assert.equal(drainLeft(moved("2026-01-01T00:00:30Z"), { seconds: 0 }, now), 0);
    assert.equal(drainLeft({ known: true, services: [{ name: "shop", environments }] }, { seconds: 30 }, now), 0);
  });

  it("is waited for in full when the cluster does not answer", () => {
    assert.equal(drainLeft({ known: false, why: "" }, { seconds: 30 }, now), 30_000);
  });
});
