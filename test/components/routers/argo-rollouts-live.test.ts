import assert from "node:assert/strict";
import { type Deployment } from "../../../components/live/cluster";
import { findingsOf } from "../../../components/live/findings";
import { readLive } from "../../../components/live/read";
import { lastIn } from "../../../components/model/arrangement";
import { type Color, colors } from "../../../components/model/color";
import { liveOf, liveShares } from "../../../components/model/live";
import { type Traffic } from "../../../components/model/traffic";
import { planTransition } from "../../../components/model/transition";
import { Release, releaseArgs } from "../../../components/release";
import { argoRollouts } from "../../../components/routers/argo-rollouts/live";
import { liveRouters } from "../../../components/routers/live";
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
    spec: { workloadRef: { name: `shop-${runs}` }, strategy: { canary: {} } },
    status: {
      observedGeneration: String(standing.observed ?? 7),
      workloadObservedGeneration: "3",
      phase,
      ...(standing.message !== undefined && { message: standing.message }),
      ...(standing.abort && { abort: true }),
      stableRS: `of-${stable}`,
      canary: { weights: { canary: { weight, podTemplateHash: `of-${tried}` } } },
    },
  };
  const version = (color: Color) => ({
    metadata: { labels: { ...app, "cyan.dev/color": color, "rollouts-pod-template-hash": `of-${color}` } },
    spec: { replicas: color === stable || color === tried ? 2 : 0 },
  });
  const ofDeployment = { metadata: { labels: { ...app, "cyan.dev/color": "blue" } }, spec: { replicas: 5 } };
  return {
    kinds: {
      Rollout: standing.none ? [] : [rollout],
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
    endpointSlices: colors.map((color, index) => slice(`shop-${color}`, color === stable ? 2 : 0, 100 * index)),
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
    const { drift } = await planIn(standing, { canaryWeight: 20 });
    assert.deepEqual(drift, []);
    const settings = settingsOf(config({ canaryWeight: 20 }));
    const { warnings } = await findingsOf(Promise.resolve(clusterOf(standing)), settings, liveRouters);
    assert.match(
      warnings.join(),
      /^shop: Argo Rollouts has aborted what is declared \(no progress\); it tries again when/,
    );
    const back = await findingsOf(Promise.resolve(clusterOf(standing)), settingsOf(config()), liveRouters);
    assert.deepEqual(back.warnings, []);
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

  it("comes about at a change that the cluster tells", async () => {
    const cluster = clusterOf({ ...tried, phase: "Progressing" });
    const waiting = argoRollouts.arrived?.(cluster, ["shop"], blue20, { seconds: 60 });
    await cluster.watched;
    cluster.change(objectsOf(tried));
    await waiting;
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
        change: { metadata, spec: { workloadRef, strategy: { canary: { steps: [{ setWeight: 100 }] } } } },
      },
      { kind: "Service", name: "shop", change: { metadata, spec: { selector: { "cyan.dev/color": "blue" } } } },
    ]);
  });

  it("is refused where there is no Rollout", async () => {
    const cluster = clusterOf({ none: true });
    await assert.rejects(argoRollouts.move(cluster, ["cart"], { activeColor: "blue", canaryWeight: 0 }), /cart/);
  });
});
