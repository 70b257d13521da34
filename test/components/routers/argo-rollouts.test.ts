import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseSettings } from "../../../components/config/settings";
import { type KubernetesObject } from "../../../components/live/cluster";
import { colors } from "../../../components/model/color";
import { formatProblem } from "../../../components/model/problems";
import { type Traffic } from "../../../components/model/traffic";
import { Release, releaseArgs } from "../../../components/release";
import { type Registered, registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, ledMetadata, settingsOf, trafficObject } from "../fixtures";

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

/** The strategy that exchanges versions as a whole. */
const exchanged = (service: string, scaleDownDelaySeconds: number) => ({
  blueGreen: {
    activeService: `${service}-stable`,
    previewService: `${service}-canary`,
    autoPromotionEnabled: true,
    scaleDownDelaySeconds,
  },
});
const app = { "app.kubernetes.io/name": "shop" };

describe("the argo-rollouts router", () => {
  it("declares a Rollout that runs the color that is tried, with its weight as a step, after what it refers to", async () => {
    const registered = await release({ activeColor: "green", canaryWeight: 20, drain: "60s" });
    assert.deepEqual(registered.get("r-shop")?.inputs, {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: ledMetadata("green", 20),
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
      ...trafficObject,
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
    assert.deepEqual(strategy, exchanged("jobs", 30));
    assert.ok(!registered.has("r-jobs-stable-ingress"));
  });

  it("exchanges whole versions where its strategy says so, behind the same Ingress", async () => {
    const argoRollouts = { strategy: "blue-green" };
    const registered = await release({ argoRollouts, activeColor: "green", drain: "45s" });
    const { workloadRef, strategy } = specIn(registered, "r-shop");
    assert.equal(workloadRef.name, "shop-green");
    assert.deepEqual(strategy, exchanged("shop", 45));
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

  const byPods = (change: Record<string, unknown> = {}) => ({
    ...config({ argoRollouts: { routing: "replicas" }, ...change }),
    ...{ ingress: undefined, previewHost: undefined },
  });

  it("leaves the split to the ratio of pods, behind one Service that selects both colors", async () => {
    let served: Release["served"] = {};
    const registered = await registeredBy(() => {
      served = new Release("r", releaseArgs(settingsOf(byPods({ canaryWeight: 20 })))).served;
    });
    const { workloadRef, strategy } = specIn(registered, "r-shop");
    assert.equal(workloadRef.name, "shop-green");
    const steps = [{ setWeight: 20 }, { pause: {} }];
    assert.deepEqual(strategy, { canary: { maxSurge: "25%", maxUnavailable: 0, steps } });
    const { spec } = registered.get("r-shop-active")?.inputs as { spec: { selector: object } };
    assert.deepEqual(spec.selector, app);
    assert.ok(waitsFor(registered, "r-shop-active", "r-shop"));
    assert.ok(["stable", "canary", "stable-ingress"].every((role) => !registered.has(`r-shop-${role}`)));
    // One of three pods is as near to 20 % as two and one more can come.
    assert.deepEqual(await valueOf(pulumi.output(served)), {
      shop: { active: "shop-blue", idle: "shop-green", canaryWeight: 33.3 },
    });
  });

  it("is refused a route, and an exchange of versions, where the ratio of pods is what splits", () => {
    const parsed = parseSettings(config({ argoRollouts: { routing: "replicas", strategy: "blue-green" } }));
    assert.ok("problems" in parsed);
    const says =
      "the router argo-rollouts cannot lead a host to a service by argoRollouts.routing replicas; leave it out";
    assert.deepEqual(
      parsed.problems.map(formatProblem).map((line) => line.split(", or set")[0]),
      [
        `ingress.host: ${says}`,
        `previewHost: ${says}`,
        "argoRollouts.routing: argoRollouts.strategy blue-green gives the idle color no requests before the flip; leave it out",
      ],
    );
    const near = parseSettings(byPods({ canaryWeight: 20 }));
    assert.ok("warnings" in near);
    assert.match(
      near.warnings.map(formatProblem).join(),
      /canaryWeight 20 is given as 33.3 %, by 2 blue and 1 green pods/,
    );
  });

  const templates = [{ templateName: "errors" }, { templateName: "latency", clusterScope: true }];
  const args = [
    { name: "service", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "version", valueFrom: { podTemplateHashValue: "Latest" } },
    { name: "most", value: 5 },
  ];
  const analysis = { templates, args };
  const written = { templates, args: [args[0], args[1], { name: "most", value: "5" }] };

  it("has a version judged from when it has its share, and none that is promoted", async () => {
    const tried = specIn(await release({ argoRollouts: { analysis }, canaryWeight: 20 }), "r-shop").strategy.canary;
    assert.deepEqual(tried && "analysis" in tried && tried.analysis, { ...written, startingStep: 1 });
    const promoted = specIn(await release({ argoRollouts: { analysis }, activeColor: "green" }), "r-shop");
    assert.ok(promoted.strategy.canary && !("analysis" in promoted.strategy.canary));
  });

  it("has a version judged before and after it is exchanged", async () => {
    const argoRollouts = {
      strategy: "blue-green",
      prePromotionAnalysis: analysis,
      postPromotionAnalysis: { templates },
    };
    const { blueGreen } = exchanged("shop", 30);
    assert.deepEqual(specIn(await release({ argoRollouts }), "r-shop").strategy, {
      blueGreen: { ...blueGreen, prePromotionAnalysis: written, postPromotionAnalysis: { templates } },
    });
  });

  it("makes the templates of the stack's own before the Rollout that names them", async () => {
    const spec = { args: [{ name: "most" }], metrics: [{ name: "errors", provider: { web: { url: "http://m" } } }] };
    const registered = await release({ argoRollouts: { analysis, analysisTemplates: { errors: spec } } });
    assert.deepEqual(registered.get("r-errors-analysis")?.inputs, {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AnalysisTemplate",
      metadata: {
        ...{ name: "errors", namespace: "shop", annotations: trafficObject },
        labels: { "app.kubernetes.io/managed-by": "cyan" },
      },
      spec,
    });
    assert.ok(waitsFor(registered, "r-shop", "r-errors-analysis"));
  });

  const wrong: [what: string, argoRollouts: Record<string, unknown>, told: string[]][] = [
    [
      "an analysis before or after an exchange, where nothing is exchanged",
      { prePromotionAnalysis: { templates }, postPromotionAnalysis: { templates } },
      ["prePromotionAnalysis", "postPromotionAnalysis"].map(
        (key) =>
          `argoRollouts.${key}: argoRollouts.strategy canary gives the idle color a share, and judges it by ` +
          "argoRollouts.analysis; leave it out, or set argoRollouts.strategy to blue-green",
      ),
    ],
    [
      "an analysis of a share, where there is none",
      { strategy: "blue-green", analysis: { templates } },
      [
        "argoRollouts.analysis: argoRollouts.strategy blue-green gives the idle color no requests before the flip; leave it " +
          "out, or set argoRollouts.strategy to canary",
      ],
    ],
    [
      "an analysis without a template, and an argument without a value",
      { analysis: { templates: [], args: [{ name: "most" }] } },
      ["argoRollouts.analysis.templates: names no template", "argoRollouts.analysis.args.0.value: write a text"],
    ],
    [
      "a template without a metric",
      { analysisTemplates: { errors: { metrics: [] }, p95: { metrics: [{ name: "p95" }] }, Latency: {} } },
      [
        "argoRollouts.analysisTemplates.errors.metrics: has no metric",
        "argoRollouts.analysisTemplates.p95.metrics.0.provider: write a map such as prometheus: …",
        "argoRollouts.analysisTemplates.Latency: Kubernetes wants lower-case letters, digits, - and ., neither of the last at an end",
      ],
    ],
  ];
  for (const [what, argoRollouts, told] of wrong) {
    it(`refuses ${what}`, () => {
      const parsed = parseSettings(config({ argoRollouts }));
      assert.deepEqual("problems" in parsed && parsed.problems.map(formatProblem).toSorted(), told.toSorted());
    });
  }

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
