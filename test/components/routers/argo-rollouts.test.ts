import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseSettings } from "../../../components/config/settings";
import { type Deployment, type KubernetesObject } from "../../../components/live/cluster";
import { findingsOf } from "../../../components/live/findings";
import { readLive } from "../../../components/live/read";
import { lastIn } from "../../../components/model/arrangement";
import { type Color, colors } from "../../../components/model/color";
import { liveOf, liveShares } from "../../../components/model/live";
import { formatProblem } from "../../../components/model/problems";
import { type Traffic } from "../../../components/model/traffic";
import { planTransition } from "../../../components/model/transition";
import { Release, releaseArgs } from "../../../components/release";
import { argoRollouts } from "../../../components/routers/argo-rollouts/live";
import { liveRouters } from "../../../components/routers/live";
import { FakeCluster, slice } from "../../support/cluster";
import { type Registered, registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, settingsOf } from "../fixtures";

const config = (change: Record<string, unknown> = {}) => ({ ...goodConfig, router: "argo-rollouts", ...change });
const release = (change: Record<string, unknown> = {}) =>
  registeredBy(() => new Release("r", releaseArgs(settingsOf(config(change)))));

interface Spec {
  readonly replicas?: number;
  readonly workloadRef: { readonly name: string };
  readonly strategy: {
    readonly canary?: { readonly steps: readonly object[]; readonly trafficRouting: { readonly nginx: object } };
    readonly blueGreen?: object;
  };
}
const specIn = (registered: ReadonlyMap<string, Registered>, name: string): Spec =>
  (registered.get(name)?.inputs as { spec: Spec }).spec;

const labels = { "app.kubernetes.io/name": "shop", "app.kubernetes.io/managed-by": "cyan" };
const ours = { "pulumi.com/patchForce": "true", "pulumi.com/skipAwait": "true" };
const app = { "app.kubernetes.io/name": "shop" };

describe("the argo-rollouts router", () => {
  it("declares a Rollout that runs the color that is tried, with its weight as a step, after what it refers to", async () => {
    const registered = await release({ activeColor: "green", canaryWeight: 20, drain: "60s" });
    assert.deepEqual(registered.get("r-shop")?.inputs, {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: {
        name: "shop",
        namespace: "shop",
        labels,
        annotations: { "cyan.dev/active-color": "green", "cyan.dev/canary-weight": "20", ...ours },
      },
      spec: {
        replicas: 2,
        minReadySeconds: 10,
        progressDeadlineSeconds: 300,
        progressDeadlineAbort: true,
        revisionHistoryLimit: 3,
        selector: { matchLabels: app },
        workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shop-blue", scaleDown: "never" },
        strategy: {
          canary: {
            stableService: "shop-stable",
            canaryService: "shop-canary",
            maxSurge: "25%",
            maxUnavailable: 0,
            minPodsPerReplicaSet: 2,
            scaleDownDelaySeconds: 60,
            trafficRouting: { nginx: { stableIngress: "shop-stable" } },
            steps: [{ setWeight: 20 }, { pause: {} }],
          },
        },
      },
    });
    const { rules } = specIn(registered, "r-shop-stable-ingress") as unknown as {
      rules: { host: string; http: { paths: { backend: object }[] } }[];
    };
    assert.equal(rules[0]?.host, "shop.example.com");
    assert.deepEqual(rules[0].http.paths[0]?.backend, { service: { name: "shop-stable", port: { number: 80 } } });
    for (const role of ["stable", "canary"]) {
      const { metadata, spec } = registered.get(`r-shop-${role}`)?.inputs as KubernetesObject & { spec: object };
      assert.equal(metadata?.name, `shop-${role}`);
      assert.deepEqual(spec, { selector: app, ports: [{ name: "http", port: 80, targetPort: "http" }] });
    }
    assert.ok(waitsFor(registered, "r-shop", "r-shop-stable-ingress"));
    assert.ok(waitsFor(registered, "r-shop-stable-ingress", "r-shop-stable"));
    assert.ok(waitsFor(registered, "r-shop", "r-blue-shop"));
  });

  it("has the Service for callers inside the cluster say what the controller has brought about", async () => {
    let served: Release["served"] = {};
    const registered = await registeredBy(() => {
      served = new Release("r", releaseArgs(settingsOf(config({ activeColor: "green", canaryWeight: 5 })))).served;
    });
    const { metadata, spec } = registered.get("r-shop-active")?.inputs as KubernetesObject & { spec: object };
    assert.deepEqual(metadata?.annotations, {
      "cyan.dev/active-color": "green",
      "cyan.dev/canary-weight": "5",
      "cyan.dev/generations": "blue 0, green 0",
      "cyan.dev/router": "argo-rollouts",
      ...ours,
    });
    assert.deepEqual((spec as { selector: object }).selector, { ...app, "cyan.dev/color": "green" });
    assert.ok(waitsFor(registered, "r-shop-active", "r-shop"));
    assert.deepEqual(await valueOf(pulumi.output(served)), {
      shop: { active: "shop-green", idle: "shop-blue", canaryWeight: 5 },
    });
  });

  it("leaves the pods to the controller, and protects them all the same", async () => {
    const registered = await release();
    for (const color of colors) {
      assert.equal(specIn(registered, `r-${color}-shop`).replicas, 0);
      assert.ok(registered.has(`r-${color}-shop-budget`));
    }
  });

  const states: [traffic: Traffic, runs: string, steps: object[]][] = [
    [{ activeColor: "blue", canaryWeight: 0 }, "shop-blue", [{ setWeight: 100 }]],
    [{ activeColor: "blue", canaryWeight: 100 }, "shop-green", [{ setWeight: 100 }, { pause: {} }]],
    [{ activeColor: "green", canaryWeight: 0 }, "shop-green", [{ setWeight: 100 }]],
  ];
  for (const [traffic, runs, steps] of states) {
    it(`runs ${runs} when ${traffic.activeColor} is active and the weight ${traffic.canaryWeight}`, async () => {
      const { workloadRef, strategy } = specIn(await release({ ...traffic }), "r-shop");
      assert.equal(workloadRef.name, runs);
      assert.deepEqual(strategy.canary?.steps, steps);
    });
  }

  it("keeps both colors as large as the larger one, and as long ready as the stricter one", async () => {
    const { shop } = goodConfig.services;
    const services = {
      shop: { ...shop, blue: { ...shop.blue, replicas: 3 }, green: { ...shop.green, readyFor: "20s" } },
    };
    const { replicas, minReadySeconds } = specIn(await release({ services }), "r-shop") as Spec & {
      minReadySeconds: number;
    };
    assert.deepEqual([replicas, minReadySeconds], [3, 20]);
  });

  it("tells the controller who reaches the idle color besides its share", async () => {
    const { strategy } = specIn(await release({ canary: { header: "X-Next", cookie: "next" } }), "r-shop");
    assert.deepEqual(strategy.canary?.trafficRouting.nginx, {
      stableIngress: "shop-stable",
      additionalIngressAnnotations: { "canary-by-header": "X-Next", "canary-by-cookie": "next" },
    });
  });

  it("has the versions of a service without a route exchanged as a whole, whatever the weight", async () => {
    const jobs = { ...goodConfig.services.shop, ingress: false };
    const registered = await release({ services: { jobs }, canaryWeight: 20 });
    const { workloadRef, strategy } = specIn(registered, "r-jobs");
    assert.equal(workloadRef.name, "jobs-blue");
    assert.deepEqual(strategy, {
      blueGreen: {
        activeService: "jobs-stable",
        previewService: "jobs-canary",
        autoPromotionEnabled: true,
        scaleDownDelaySeconds: 30,
      },
    });
    assert.ok(!registered.has("r-jobs-stable-ingress"));
  });

  it("exchanges whole versions where its strategy says so, behind the same Ingress", async () => {
    const argoRollouts = { strategy: "blue-green" };
    const registered = await release({ argoRollouts, activeColor: "green", drain: "45s" });
    const { workloadRef, strategy } = specIn(registered, "r-shop");
    assert.equal(workloadRef.name, "shop-green");
    assert.deepEqual(strategy, {
      blueGreen: {
        activeService: "shop-stable",
        previewService: "shop-canary",
        autoPromotionEnabled: true,
        scaleDownDelaySeconds: 45,
      },
    });
    assert.ok(waitsFor(registered, "r-shop", "r-shop-stable-ingress"));
    const parsed = parseSettings(config({ argoRollouts, canaryWeight: 5, canary: { cookie: "next" } }));
    const says =
      "argoRollouts.strategy blue-green gives the idle color no requests before the flip; leave it out, or set";
    assert.deepEqual("problems" in parsed && parsed.problems.map(formatProblem), [
      `canaryWeight: ${says} argoRollouts.strategy to canary`,
      `canary.cookie: ${says} argoRollouts.strategy to canary`,
    ]);
    const elsewhere = parseSettings({ ...goodConfig, argoRollouts });
    assert.deepEqual("problems" in elsewhere && elsewhere.problems.map(formatProblem), [
      "argoRollouts.strategy: the router ingress-nginx cannot exchange whole versions in the place of shares; leave it out, " +
        "or set router to argo-rollouts",
    ]);
  });

  it("is refused what a controller that makes the pods cannot do", () => {
    const { shop } = goodConfig.services;
    const parsed = parseSettings(
      config({
        standby: 1,
        gate: { http: { path: "/ready" } },
        canary: { mirror: 5, affinity: { cookie: "s" } },
        services: { shop: { ...shop, autoscaling: { minReplicas: 2, maxReplicas: 4 } } },
      }),
    );
    assert.ok("problems" in parsed);
    const told = parsed.problems.map(formatProblem).map((line) => line.split(";")[0]);
    assert.deepEqual(told, [
      "services.shop.autoscaling: the router argo-rollouts cannot leave the number of pods to an autoscaler",
      "standby: the router argo-rollouts cannot keep pods of a color that gets no requests",
      "gate.http: the router argo-rollouts cannot try a color before it gets requests",
      "canary.mirror: the router argo-rollouts cannot send copies of requests to the idle color",
      "canary.affinity: the router argo-rollouts cannot keep a user on a color by a cookie of its own",
    ]);
  });
});

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
      labels,
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
    services: [{ metadata: { name: "shop", labels }, spec: { selector: { ...app, "cyan.dev/color": stable } } }],
    deployments: colors.map((color): Deployment => {
      const { image } = goodConfig.services.shop[color];
      const spec = { replicas: standing.deployed ?? 0, template: { spec: { containers: [{ image }] } } };
      return { metadata: { name: `shop-${color}`, labels, generation: 3 }, spec };
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
