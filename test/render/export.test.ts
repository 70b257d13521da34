import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { check } from "prettier";
import { parse } from "yaml";
import { examples } from "../../docs/examples";
import { builtInSelectors } from "../../driver/analysis/built-in";
import { type ControllerKind, controllerKinds, type Strategy } from "../../render/kinds";
import { type Manifest } from "../../render/manifest";
import { nginxQueries } from "../../render/nginx-metrics";
import { renderExport, renderRelease, type Rendering } from "../../render/render";
import { goodConfig, settingsOf } from "../components/fixtures";

const prometheus = "http://prometheus:9090";

const render = (
  kind: ControllerKind,
  config: Readonly<Record<string, unknown>> = {},
  strategy: Strategy = "canary",
  judge: { readonly prometheus?: string } = { prometheus },
): Promise<Rendering> =>
  renderExport(settingsOf({ ...goodConfig, ...config }), { stack: "dev", kind, strategy, ...judge });

/** The object of a kind, read from its file. */
function object(
  { files }: Rendering,
  kind: string,
  name = "shop",
): Manifest & { readonly spec: Record<string, unknown> } {
  const file = files.find(({ objects }) => objects.some((each) => each.kind === kind && each.metadata.name === name));
  return parse(file?.text ?? assert.fail(`no ${kind} ${name}`)) as Manifest & {
    readonly spec: Record<string, unknown>;
  };
}

const kindsIn = ({ files }: Rendering): string[] =>
  files.flatMap(({ objects }) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`));

describe("a release rendered for Argo Rollouts", () => {
  it("runs what the active color is declared to run, without a color", async () => {
    const config = { activeColor: "green", canary: { header: "X-Release" } };
    const [rollout, release] = [
      object(await render("argo-rollouts", config), "Rollout"),
      await renderRelease(settingsOf({ ...goodConfig, ...config }), { stack: "dev", grouping: "object" }),
    ];
    const deployment = release.files
      .flatMap(({ objects }) => objects)
      .find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "shop-green");
    const colorless = JSON.parse(
      JSON.stringify(deployment)
        .replaceAll(/,?"cyan.dev\/color":"green"/g, "")
        .replaceAll(/"app.kubernetes.io\/managed-by":"cyan",/g, "")
        .replaceAll("shop-green", "shop")
        .replaceAll('["pod-template-hash"]', '["rollouts-pod-template-hash"]'),
    ) as { readonly spec: Record<string, unknown> };
    assert.deepEqual(
      { ...rollout.spec, strategy: undefined },
      { ...colorless.spec, progressDeadlineAbort: true, strategy: undefined },
    );
  });

  it("has nothing of Cyan's own marks, names or engine in it", async () => {
    for (const kind of controllerKinds) {
      const { files } = await render(kind, {
        canaryWeight: 20,
        services: { shop: { ...goodConfig.services.shop, files: { "/etc/x": "y" } } },
      });
      for (const { path, text } of files.filter((file) => file.path.endsWith(".yaml"))) {
        assert.doesNotMatch(text, /cyan\.dev|managed-by|pulumi|shop-(blue|green)/, path);
        assert.ok(await check(text, { parser: "yaml", printWidth: 120 }), text);
      }
    }
  });

  it("takes the steps of the stack's rollout by weights of ingress-nginx, with analysis from the first pause", async () => {
    const rendering = await render("argo-rollouts", {
      rollout: { steps: [10, 50], interval: "2m" },
      canary: { header: "X-Release", headerValue: "next" },
      drain: "5s",
    });
    assert.deepEqual(object(rendering, "Rollout").spec["strategy"], {
      canary: {
        stableService: "shop",
        canaryService: "shop-canary",
        maxSurge: "25%",
        maxUnavailable: 0,
        scaleDownDelaySeconds: 30,
        trafficRouting: {
          nginx: {
            stableIngress: "shop",
            additionalIngressAnnotations: { "canary-by-header": "X-Release", "canary-by-header-value": "next" },
          },
        },
        steps: [{ setWeight: 10 }, { pause: { duration: "120s" } }, { setWeight: 50 }, { pause: { duration: "120s" } }],
        analysis: { templates: [{ templateName: "shop" }], startingStep: 1 },
      },
    });
    assert.deepEqual(kindsIn(rendering), [
      "Namespace shop",
      "ServiceAccount shop",
      "PodDisruptionBudget shop",
      "Rollout shop",
      "Service shop",
      "Service shop-canary",
      "Ingress shop",
      "AnalysisTemplate shop",
    ]);
    assert.match(rendering.notes.join("\n"), /^shop: previewHost is left out/);
  });

  it("pauses for no time nowhere, which Argo Rollouts refuses, and for a person where the rollout wants approval", async () => {
    const rendering = await render("argo-rollouts", { rollout: { steps: [50], interval: "0s", approve: true } });
    const { canary } = object(rendering, "Rollout").spec["strategy"] as {
      readonly canary: { readonly steps: unknown };
    };
    assert.deepEqual(canary.steps, [{ setWeight: 50 }, { pause: {} }]);
  });

  it("is promoted by hand where the rollout wants approval, and by itself elsewhere; drains as long as declared", async () => {
    const blueGreen = async (config: Record<string, unknown>): Promise<unknown> =>
      object(await render("argo-rollouts", config, "blue-green", {}), "Rollout").spec["strategy"];
    const common = { activeService: "shop", previewService: "shop-preview" };
    assert.deepEqual(await blueGreen({ rollout: { approve: true }, drain: "2m" }), {
      blueGreen: { ...common, autoPromotionEnabled: false, scaleDownDelaySeconds: 120 },
    });
    assert.deepEqual(await blueGreen({ rollout: { interval: "3m" } }), {
      blueGreen: { ...common, autoPromotionEnabled: true, autoPromotionSeconds: 180, scaleDownDelaySeconds: 30 },
    });
  });

  it("shows on the preview host, in blue-green, the Service that the controller keeps on the new version", async () => {
    const rendering = await render("argo-rollouts", {}, "blue-green");
    assert.match(
      JSON.stringify(object(rendering, "Ingress", "shop-preview").spec),
      /"service":\{"name":"shop-preview"/,
    );
    assert.deepEqual(object(rendering, "Service", "shop-preview").spec["selector"], {
      "app.kubernetes.io/name": "shop",
    });
    assert.deepEqual(rendering.notes, []);
    const { metrics } = object(rendering, "AnalysisTemplate").spec as { readonly metrics: readonly object[] };
    assert.deepEqual(
      metrics.map((each) => ({ ...each, provider: undefined, successCondition: undefined })),
      [
        {
          name: "errors",
          interval: "30s",
          initialDelay: "1m",
          count: 2,
          failureLimit: 2,
          provider: undefined,
          successCondition: undefined,
        },
      ],
    );
  });

  it("without a route splits by pods, and without Prometheus is not judged", async () => {
    const { shop } = goodConfig.services;
    const inside = await render("argo-rollouts", { services: { shop: { ...shop, ingress: false } } });
    const { canary } = object(inside, "Rollout").spec["strategy"] as { readonly canary: Record<string, unknown> };
    assert.deepEqual([canary["trafficRouting"], canary["analysis"]], [undefined, undefined]);
    assert.ok(kindsIn(inside).every((each) => !/^(Ingress|AnalysisTemplate)/.test(each)));
    const unjudged = await render("argo-rollouts", {}, "canary", {});
    assert.ok(!kindsIn(unjudged).includes("AnalysisTemplate shop"));
    assert.match(unjudged.files[0]?.text ?? "", /Nothing judges a release/);
  });

  it("keeps a Service's port and type to what serves", async () => {
    const rendering = await render("argo-rollouts", {
      expose: { type: "LoadBalancer", annotations: { cloud: "internal" } },
    });
    assert.equal(object(rendering, "Service").spec["type"], "LoadBalancer");
    const canary = object(rendering, "Service", "shop-canary");
    assert.deepEqual([canary.spec["type"], canary.metadata.annotations], [undefined, undefined]);
  });

  it("scales the Rollout, and names a Secret without a color", async () => {
    const { shop } = goodConfig.services;
    const rendering = await render("argo-rollouts", {
      services: { shop: { ...shop, autoscaling: { minReplicas: 2, maxReplicas: 9 } } },
      secrets: { shop: { env: { TOKEN: "hunter2" } } },
    });
    const { spec } = object(rendering, "HorizontalPodAutoscaler");
    assert.deepEqual(spec["scaleTargetRef"], { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "shop" });
    assert.equal(object(rendering, "Rollout").spec["replicas"], undefined);
    assert.deepEqual(
      rendering.secrets.map(({ name, keys }) => [name, keys]),
      [["shop-secret", ["TOKEN"]]],
    );
    assert.match(
      JSON.stringify(object(rendering, "Rollout").spec),
      /"secretKeyRef":\{"name":"shop-secret","key":"TOKEN"\}/,
    );
    for (const { text } of rendering.files) assert.doesNotMatch(text, /hunter2/);
  });
});

describe("a release rendered for Flagger", () => {
  it("has a Canary in the steps of the stack's rollout, with a template for each metric", async () => {
    const rendering = await render("flagger", {
      rollout: { steps: [10, 50], interval: "2m", approve: true },
      readyTimeout: "4m",
    });
    assert.deepEqual(object(rendering, "Canary").spec, {
      provider: "nginx",
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shop" },
      ingressRef: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "shop" },
      progressDeadlineSeconds: 240,
      service: { port: 80, portName: "http", targetPort: "http" },
      analysis: {
        interval: "120s",
        threshold: 2,
        stepWeights: [10, 50],
        metrics: [
          { name: "shop-errors", templateRef: { name: "shop-errors" }, thresholdRange: { max: 0.01 }, interval: "1m" },
          {
            name: "shop-p95-latency",
            templateRef: { name: "shop-p95-latency" },
            thresholdRange: { max: 1.25 },
            interval: "1m",
          },
        ],
        webhooks: [{ name: "approval", type: "confirm-promotion", url: "http://flagger-loadtester.shop/gate/check" }],
      },
    });
    assert.deepEqual(kindsIn(rendering), [
      "Namespace shop",
      "ServiceAccount shop",
      "PodDisruptionBudget shop",
      "Deployment shop",
      "Ingress shop",
      "Canary shop",
      "MetricTemplate shop-errors",
      "MetricTemplate shop-p95-latency",
    ]);
  });

  it("guards the pods of both Deployments, which Flagger tells apart by their name", async () => {
    const rendering = await render("flagger", { networkPolicy: { from: ["ingress"] } });
    const both = {
      matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["shop", "shop-primary"] }],
    };
    assert.deepEqual(object(rendering, "PodDisruptionBudget").spec["selector"], both);
    assert.deepEqual(object(rendering, "NetworkPolicy").spec["podSelector"], both);
    assert.deepEqual(object(rendering, "Deployment").spec["selector"], {
      matchLabels: { "app.kubernetes.io/name": "shop" },
    });
  });

  it("without a route is tried by iterations, and says what of the settings it leaves out", async () => {
    const { shop } = goodConfig.services;
    const inside = await render("flagger", { services: { shop: { ...shop, ingress: false } } });
    const { provider, analysis } = object(inside, "Canary").spec as {
      readonly provider: string;
      readonly analysis: object;
    };
    assert.deepEqual([provider, "iterations" in analysis, "stepWeights" in analysis], ["kubernetes", true, false]);
    const { notes } = await render("flagger", { canary: { header: "X-Release" } });
    assert.deepEqual(
      notes.map((note) => note.split(",")[0]),
      ["shop: previewHost is left out", "shop: canary.header and canary.cookie are left out"],
    );
  });
});

describe("the metrics of a rendered release", () => {
  it("are those that Cyan itself judges ingress-nginx by, for the canary's Service in the place of a color", () => {
    const { errors, latency } = nginxQueries({ namespace: "ns", ingress: "shop", canary: "shop-canary" }, "1m");
    const filled = (selector: string | undefined): string =>
      (selector ?? "")
        .replaceAll("{{namespace}}", "ns")
        .replaceAll("{{service}}", "shop")
        .replaceAll("{{environment}}", "shop-canary");
    const { total, bad, buckets } = builtInSelectors["ingress-nginx"];
    assert.equal(errors, `(sum(rate(${filled(bad[1])}[1m])) or vector(0)) / sum(rate(${filled(total[1])}[1m]))`);
    assert.ok(latency.startsWith(`histogram_quantile(0.95, sum by (le) (rate(${filled(buckets[1])}[1m]))) / `));
  });
});

describe("the examples in docs/examples", () => {
  it("are what cyan render makes of their config now: else run npm run docs", async () => {
    const folder = join(__dirname, "..", "..", "docs", "examples");
    const found = (readdirSync(folder, { recursive: true }) as string[])
      .filter((path) => path.includes("/") && statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), "utf8")] as const);
    assert.deepEqual(Object.fromEntries(found), await examples());
  });
});
