import assert from "node:assert/strict";
import { type Deployment } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { lastIn } from "../../../components/model/arrangement";
import { type Color, colors } from "../../../components/model/color";
import { liveOf, liveShares } from "../../../components/model/live";
import { type Traffic } from "../../../components/model/traffic";
import { planTransition } from "../../../components/model/transition";
import { Release, releaseArgs } from "../../../components/release";
import { argoRollouts } from "../../../components/routers/argo-rollouts/live";
import { FakeCluster, slice } from "../../support/cluster";
import { registeredBy, waitsFor } from "../../support/mocks";
import { goodConfig, settingsOf, shopLabels } from "../fixtures";

const config = (change: Record<string, unknown> = {}) => ({ ...goodConfig, router: "argo-rollouts", ...change });
const app = { "app.kubernetes.io/name": "shop" };

/** How a Rollout and its versions stand. */
interface Standing {
  readonly runs?: Color;
  readonly stable?: Color;
  readonly tried?: Color;
  readonly weight?: number;
  readonly phase?: string;
  readonly message?: string;
  readonly abort?: boolean;
  readonly record?: string;
  readonly observed?: number;
  /** Whether the Rollout has versions judged, and how what judges the version that is tried stands. */
  readonly judged?: boolean;
  readonly run?: { readonly phase: string; readonly message?: string; readonly count?: number };
  /** Where the ratio of pods is what splits: at which step it is, and how many pods of the tried color are ready. */
  readonly byPods?: { readonly step: number; readonly ready: number };
  /** What judges a version before it is exchanged, as the Rollout says it. */
  readonly exchanging?: string;
  /** What the Deployments have, as another router leaves it. */
  readonly deployed?: number;
  readonly none?: boolean;
}

function objectsOf(standing: Standing) {
  const { runs = "blue", stable = "blue", tried = stable, weight = 0, phase = "Healthy", record = "blue 0" } = standing;
  const [activeColor = "", canaryWeight = ""] = record.split(" ");
  const rollout = {
    metadata: {
      name: "shop",
      generation: 7,
      labels: shopLabels,
      annotations: { "cyan.dev/active-color": activeColor, "cyan.dev/canary-weight": canaryWeight },
    },
    spec: {
      workloadRef: { name: `shop-${runs}` },
      strategy:
        standing.exchanging === undefined
          ? { canary: { ...(standing.judged && { analysis: {} }), ...(!standing.byPods && { trafficRouting: {} }) } }
          : { blueGreen: {} },
    },
    status: {
      observedGeneration: String(standing.observed ?? 7),
      workloadObservedGeneration: "3",
      phase,
      ...(standing.message !== undefined && { message: standing.message }),
      ...(standing.abort && { abort: true }),
      stableRS: `of-${stable}`,
      currentPodHash: `of-${runs}`,
      ...(standing.byPods && { currentStepIndex: standing.byPods.step }),
      canary: {
        ...(!standing.byPods && { weights: { canary: { weight, podTemplateHash: `of-${tried}` } } }),
        // The controller takes it from its status when it aborts.
        ...(standing.run &&
          !standing.abort && {
            currentBackgroundAnalysisRunStatus: {
              name: "run-2",
              status: standing.run.phase,
              message: standing.run.message,
            },
          }),
      },
      ...(standing.exchanging !== undefined && {
        blueGreen: {
          activeSelector: `of-${stable}`,
          prePromotionAnalysisRunStatus: { name: "run-2", status: standing.exchanging },
        },
      }),
    },
  };
  const version = (color: Color) => ({
    metadata: { labels: { ...app, "cyan.dev/color": color, "rollouts-pod-template-hash": `of-${color}` } },
    spec: { replicas: color === stable || color === tried ? 2 : 0 },
  });
  const run = (name: string, began: number, message = standing.run?.message) => ({
    metadata: {
      name,
      creationTimestamp: new Date(began),
      labels: { "rollouts-pod-template-hash": `of-${runs}` },
      ownerReferences: [{ kind: "Rollout", name: "shop", controller: true }],
    },
    spec: { metrics: [{ interval: "5s", count: standing.run?.count }] },
    status: { phase: standing.run?.phase, message },
  });
  const ofDeployment = { metadata: { labels: { ...app, "cyan.dev/color": "blue" } }, spec: { replicas: 5 } };
  return {
    kinds: {
      Rollout: standing.none ? [] : [rollout],
      AnalysisRun: standing.run ? [run("run-1", 0), run("run-2", 1000), run("run-3", 2000, "other")] : [],
      ReplicaSet: standing.none ? [] : [...colors.map(version), ofDeployment],
    },
    services: [
      { metadata: { name: "shop", labels: shopLabels }, spec: { selector: { ...app, "cyan.dev/color": stable } } },
    ],
    deployments: colors.map((color): Deployment => {
      const { image } = goodConfig.services.shop[color];
      const spec = { replicas: standing.deployed ?? 0, template: { spec: { containers: [{ image }] } } };
      return { metadata: { name: `shop-${color}`, labels: shopLabels, generation: 3 }, spec };
    }),
    endpointSlices: colors.map((color, index) =>
      slice(`shop-${color}`, color === stable ? 2 : (standing.byPods?.ready ?? 0), 100 * index),
    ),
  };
}

const clusterOf = (standing: Standing): FakeCluster => new FakeCluster(objectsOf(standing));
const liveIn = (standing: Standing) => readLive(Promise.resolve(clusterOf(standing)), ["shop"], argoRollouts);
const planIn = async (standing: Standing, change: Record<string, unknown>) =>
  planTransition(await liveIn(standing), settingsOf(config(change)));

describe("live traffic of the argo-rollouts router", () => {
  it("is what the controller says of its versions, whose color is that of their pods", async () => {
    const live = liveOf(await liveIn({ runs: "green", tried: "green", weight: 20, record: "blue 20" }), "shop");
    assert.deepEqual(live?.route, {
      active: "blue",
      canary: { color: "green", weight: 20 },
      recorded: { activeColor: "blue", canaryWeight: 20 },
    });
    assert.equal(live.environments.green.replicas, 2);
    assert.equal(live.environments.blue.replicas, 2);
  });

  it("is all the active version's where whole versions are exchanged", async () => {
    const { kinds, ...rest } = objectsOf({ stable: "green", weight: 20, tried: "blue" });
    const Rollout = kinds.Rollout.map((each) => ({
      ...each,
      spec: { ...each.spec, strategy: { blueGreen: {} } },
      status: { ...each.status, blueGreen: { activeSelector: "of-blue" } },
    }));
    const cluster = new FakeCluster({ ...rest, kinds: { ...kinds, Rollout } });
    const live = liveOf(await readLive(Promise.resolve(cluster), ["shop"], argoRollouts), "shop");
    assert.deepEqual([live?.route?.active, live?.route?.canary], ["blue", { color: "green", weight: 0 }]);
  });

  it("is what the ready pods make of it, where they are what splits", async () => {
    const argoRollouts = { routing: "replicas" };
    const standing: Standing = { runs: "green", record: "blue 20", byPods: { step: 1, ready: 1 } };
    const live = liveOf(await liveIn(standing), "shop");
    assert.deepEqual(live?.route?.canary, { color: "green", weight: 33.3, byPods: true });
    const settings = settingsOf({
      ...config({ argoRollouts, canaryWeight: 20 }),
      ingress: undefined,
      previewHost: undefined,
    });
    const { services, drift, needs } = planTransition(await liveIn(standing), settings);
    assert.deepEqual(
      [services[0]?.before, services[0]?.after, services[0]?.moves, drift, needs],
      [{ blue: 66.7, green: 33.3 }, { blue: 66.7, green: 33.3 }, false, [], []],
    );
  });

  it("is all the stable version's when none is tried", async () => {
    const live = liveOf(await liveIn({ stable: "green", record: "green 0" }), "shop");
    assert.ok(live);
    assert.deepEqual(liveShares(live), { blue: 0, green: 100 });
    assert.equal(live.environments.blue.replicas, 0);
  });

  it("is not edited by hand where the controller has aborted, and a warning says that it has", async () => {
    const standing: Standing = {
      runs: "green",
      tried: "green",
      abort: true,
      record: "blue 20",
      message: "no progress",
    };
    const { drift, warnings } = await planIn(standing, { canaryWeight: 20 });
    assert.deepEqual(drift, []);
    assert.match(
      warnings.join(),
      /^shop: Argo Rollouts has aborted what is declared \(no progress\); it tries again when/,
    );
    assert.deepEqual((await planIn(standing, {})).warnings, []);
  });

  it("moves without a gate: the controller leads no request before the pods are ready", async () => {
    const { needs, steps, refusals } = await planIn({}, { canaryWeight: 20 });
    assert.deepEqual([needs, refusals], [[], []]);
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ["gate", "main", "canary", "inside"],
    );
  });

  it("gives the idle color a share only when the active color has all requests", async () => {
    const says = (now: string) =>
      `canaryWeight: with the router argo-rollouts the idle color gets a share when green has all requests, and shop ${now}; ` +
      "set canaryWeight to 0, and to 20 in another update";
    const both = { activeColor: "green", canaryWeight: 20 };
    assert.deepEqual((await planIn({}, both)).refusals, [says("is at blue")]);
    assert.deepEqual((await planIn({ none: true }, both)).refusals, [says("is not led by it yet")]);
    assert.deepEqual((await planIn({ stable: "green", record: "green 0" }, both)).refusals, []);
    assert.deepEqual(
      (await planIn({ runs: "green", tried: "green", weight: 50 }, { activeColor: "green" })).refusals,
      [],
    );
  });

  it("takes over from a router whose pods serve: those of the idle color go first, the others when it leads", async () => {
    const live = await liveIn({ none: true, deployed: 2 });
    const settings = settingsOf(config());
    const last = lastIn(live, settings);
    assert.deepEqual(last, { blue: ["shop"], green: [] });
    const registered = await registeredBy(() => new Release("r", releaseArgs(settings, live), { last }));
    assert.ok(waitsFor(registered, "r-blue-shop", "r-shop-active"));
    assert.ok(waitsFor(registered, "r-shop-stable", "r-green-shop"));
  });
});

describe("what an update of the argo-rollouts router waits for", () => {
  const soon = { seconds: 0 };
  const arrives = (standing: Standing, traffic: Traffic): Promise<void> | undefined =>
    argoRollouts.arrived?.(clusterOf(standing), ["shop"], traffic, soon);
  const tried: Standing = { runs: "green", tried: "green", weight: 20, phase: "Paused" };
  const blue20: Traffic = { activeColor: "blue", canaryWeight: 20 };

  it("is there when the version that is declared has its weight", async () => {
    await arrives(tried, blue20);
    await arrives({ stable: "green", runs: "green" }, { activeColor: "green", canaryWeight: 0 });
  });

  const missing: [what: string, standing: Standing, says: string][] = [
    ["the controller has not seen it", { ...tried, observed: 6 }, "the controller has not seen what was written"],
    ["it has another weight", { ...tried, weight: 5 }, "it is Paused"],
    ["it is on its way", { ...tried, phase: "Progressing", message: "more replicas" }, "more replicas"],
    ["another color serves", { ...tried, stable: "green", tried: "blue" }, "it is Paused"],
    ["there is none", { none: true }, "there is no Rollout"],
  ];
  for (const [what, standing, says] of missing) {
    it(`is not there while ${what}`, async () => {
      const message = `Argo Rollouts has not led the requests as declared within 0s:\n  shop: ${says}`;
      await assert.rejects(async () => arrives(standing, blue20), { message });
    });
  }

  it("is there by pods when the pause after the step has begun", async () => {
    const split: Standing = { runs: "green", phase: "Paused", byPods: { step: 1, ready: 1 } };
    await arrives(split, blue20);
    await arrives(
      { stable: "green", runs: "green", byPods: { step: 1, ready: 0 } },
      { activeColor: "green", canaryWeight: 0 },
    );
    await assert.rejects(
      async () => arrives({ ...split, byPods: { step: 0, ready: 1 } }, blue20),
      /shop: it is Paused/,
    );
  });

  it("comes about at a change that the cluster tells", async () => {
    const cluster = clusterOf({ ...tried, phase: "Progressing" });
    const waiting = argoRollouts.arrived?.(cluster, ["shop"], blue20, { seconds: 60 });
    await cluster.watched;
    cluster.change(objectsOf(tried));
    await waiting;
  });

  const endless = { phase: "Running" };
  const measured = "Metric errors assessed Failed";
  it("goes on while what judges the version goes on, and waits for what ends by itself", async () => {
    await arrives({ ...tried, judged: true, run: endless }, blue20);
    await arrives({ ...tried, judged: true, run: { phase: "Successful", count: 3 } }, blue20);
    const begins: [standing: Standing, says: string][] = [
      [{}, "its analysis has not begun"],
      [{ run: { phase: "" } }, "AnalysisRun run-2 is not begun"],
      [{ run: { ...endless, count: 3 } }, "AnalysisRun run-2 is Running"],
      [{ run: { phase: "Failed", message: measured } }, `AnalysisRun run-2 is Failed: ${measured}`],
    ];
    for (const [standing, says] of begins) {
      const message = `Argo Rollouts has not led the requests as declared within 0s:\n  shop: ${says}`;
      await assert.rejects(async () => arrives({ ...tried, judged: true, ...standing }, blue20), { message });
    }
  });

  it("ends where nobody can say whether a version is good", async () => {
    const waits =
      "Argo Rollouts waits, and go on by declaring what serves, or the version that was judged, as activeColor";
    const run = { phase: "Inconclusive", message: "no data" };
    await assert.rejects(async () => arrives({ ...tried, judged: true, run }, blue20), {
      message: `shop: AnalysisRun run-2 is Inconclusive: no data; ${waits}`,
    });
    const before: Standing = { runs: "green", tried: "green", phase: "Paused", exchanging: "Inconclusive" };
    const green: Traffic = { activeColor: "green", canaryWeight: 0 };
    await assert.rejects(async () => arrives(before, green), {
      message: `shop: AnalysisRun run-2 is Inconclusive; ${waits}`,
    });
    // Someone promoted it all the same.
    await arrives({ ...before, stable: "green", phase: "Healthy" }, green);
  });

  it("names what a version was given up for, where that is what the controller says", async () => {
    const run = { phase: "Failed", message: measured, count: 3 };
    const says = (why: string) => `shop: Argo Rollouts aborted, and what served serves on: ${why}`;
    const aborted: Standing = { ...tried, weight: 0, abort: true, phase: "Degraded", judged: true, run };
    await assert.rejects(async () => arrives({ ...aborted, message: `analysis failed: ${measured}` }, blue20), {
      message: says(`analysis failed: ${measured} (AnalysisRun run-2)`),
    });
    await assert.rejects(async () => arrives({ ...aborted, message: "timed out" }, blue20), {
      message: says("timed out"),
    });
    const given: Standing = { ...aborted, record: "blue 20", message: `analysis failed: ${measured}` };
    const { warnings } = await planIn(given, { canaryWeight: 20 });
    assert.match(
      warnings.join(),
      /has aborted what is declared \(analysis failed: .* \(AnalysisRun run-2\)\); it tries/,
    );
  });

  it("is given up with the controller, at once and with what it says", async () => {
    const aborted = { ...tried, weight: 0, abort: true, phase: "Degraded", message: "ReplicaSet has timed out" };
    await assert.rejects(async () => argoRollouts.arrived?.(clusterOf(aborted), ["shop"], blue20, { seconds: 60 }), {
      message: "shop: Argo Rollouts aborted, and what served serves on: ReplicaSet has timed out",
    });
  });
});

describe("a move past the engine of the argo-rollouts router", () => {
  it("declares the traffic to the controller, and then to callers inside the cluster", async () => {
    const cluster = clusterOf({ runs: "green", tried: "green", weight: 20, record: "blue 20" });
    await argoRollouts.move(cluster, ["shop"], { activeColor: "blue", canaryWeight: 0 });
    const metadata = { annotations: { "cyan.dev/active-color": "blue", "cyan.dev/canary-weight": "0" } };
    const workloadRef = { apiVersion: "apps/v1", kind: "Deployment", name: "shop-blue", scaleDown: "never" };
    assert.deepEqual(cluster.patches, [
      {
        kind: "Rollout",
        name: "shop",
        change: {
          metadata,
          spec: { workloadRef, strategy: { canary: { analysis: null, steps: [{ setWeight: 100 }] } } },
        },
      },
      { kind: "Service", name: "shop", change: { metadata, spec: { selector: { "cyan.dev/color": "blue" } } } },
    ]);
  });

  it("leaves the Service to both colors where pods are what splits", async () => {
    const cluster = clusterOf({ runs: "green", record: "blue 20", byPods: { step: 1, ready: 1 } });
    await argoRollouts.move(cluster, ["shop"], { activeColor: "blue", canaryWeight: 0 });
    const metadata = { annotations: { "cyan.dev/active-color": "blue", "cyan.dev/canary-weight": "0" } };
    assert.deepEqual(cluster.patches[1], { kind: "Service", name: "shop", change: { metadata } });
  });

  it("is refused where there is no Rollout", async () => {
    const cluster = clusterOf({ none: true });
    await assert.rejects(argoRollouts.move(cluster, ["cart"], { activeColor: "blue", canaryWeight: 0 }), /cart/);
  });
});
