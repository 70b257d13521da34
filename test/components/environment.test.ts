import assert from "node:assert/strict";
import { Environment, type EnvironmentArgs } from "../../components/environment";
import { type Registered, registeredBy, waitsFor } from "../support/mocks";
import { goodConfig, settingsOf } from "./fixtures";

const shop = goodConfig.services.shop;

function environment(
  change: Partial<EnvironmentArgs> = {},
  service: Record<string, unknown> = {},
): Promise<ReadonlyMap<string, Registered>> {
  const { services } = settingsOf({ ...goodConfig, services: { shop: { ...shop, ...service } } });
  const args: EnvironmentArgs = {
    color: "green",
    namespace: "shop",
    services,
    serving: true,
    standby: "all",
    readyTimeout: { seconds: 90 },
    secretEnv: false,
    served: {},
    ...change,
  };
  return registeredBy(() => new Environment("e", args, { first: [] }));
}

const labels = { "app.kubernetes.io/name": "shop", "cyan.dev/color": "green", "app.kubernetes.io/managed-by": "cyan" };
const selector = { "app.kubernetes.io/name": "shop", "cyan.dev/color": "green" };

describe("an environment", () => {
  it("has a Deployment that loses no pod before another is ready, and pods that the restricted level admits", async () => {
    const deployment = (await environment({}, { env: { A: 1 }, args: ["serve"] })).get("e-shop");
    assert.equal(deployment?.createTimeout, "90s");
    const probe = (period: number, timeout: number, failures: number) => ({
      httpGet: { path: "/", port: "http" },
      periodSeconds: period,
      timeoutSeconds: timeout,
      failureThreshold: failures,
    });
    assert.deepEqual(deployment.inputs, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "shop-green",
        namespace: "shop",
        labels,
        annotations: { "pulumi.com/patchForce": "true" },
      },
      spec: {
        replicas: 2,
        revisionHistoryLimit: 3,
        minReadySeconds: 10,
        progressDeadlineSeconds: 90,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "shop-green",
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 60,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
              maxSkew: 1,
              topologyKey,
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: selector },
              matchLabelKeys: ["pod-template-hash"],
            })),
            containers: [
              {
                name: "shop",
                image: "registry/shop:2",
                imagePullPolicy: "IfNotPresent",
                args: ["serve"],
                env: [{ name: "A", value: "1" }],
                ports: [{ name: "http", containerPort: 8080 }],
                resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
                readinessProbe: probe(5, 2, 2),
                livenessProbe: probe(10, 5, 6),
                startupProbe: probe(2, 2, 60),
                lifecycle: { preStop: { sleep: { seconds: 15 } } },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ["ALL"] },
                  readOnlyRootFilesystem: true,
                },
              },
            ],
          },
        },
      },
    });
  });

  it("runs its pods as an account of their own, without a token", async () => {
    const inputs = (registered: ReadonlyMap<string, Registered>): unknown => registered.get("e-shop-account")?.inputs;
    const account = {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "shop-green", namespace: "shop", labels },
      automountServiceAccountToken: false,
    };
    const registered = await environment();
    assert.deepEqual(inputs(registered), account);
    assert.ok(waitsFor(registered, "e-shop", "e-shop-account"));
    const annotations = { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/shop" };
    const identified = await environment({}, { serviceAccount: { annotations } });
    assert.deepEqual(inputs(identified), { ...account, metadata: { ...account.metadata, annotations } });
  });

  it("has a Service that is never awaited", async () => {
    assert.deepEqual((await environment()).get("e-shop-service")?.inputs, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "shop-green", namespace: "shop", labels, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { selector, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    });
  });

  describe("with an autoscaler", () => {
    const autoscaling = { minReplicas: 3, maxReplicas: 9, cpuUtilization: 60 };
    interface Specs {
      readonly registered: ReadonlyMap<string, Registered>;
      readonly replicas: number;
      readonly bounds: readonly unknown[];
    }
    const autoscaled = async (change: Partial<EnvironmentArgs> = {}): Promise<Specs> => {
      const registered = await environment(change, { autoscaling });
      const { spec } = registered.get("e-shop")?.inputs as { spec: { replicas: number } };
      const scaler = registered.get("e-shop-autoscaler")?.inputs as { spec: Record<string, unknown> };
      const target = { apiVersion: "apps/v1", kind: "Deployment", name: "shop-green" };
      assert.deepEqual(scaler.spec["scaleTargetRef"], target);
      return { registered, replicas: spec.replicas, bounds: [scaler.spec["minReplicas"], scaler.spec["maxReplicas"]] };
    };

    it("starts from the fewest pods, and leaves their number to the autoscaler afterwards", async () => {
      const { registered, replicas, bounds } = await autoscaled();
      assert.equal(replicas, 3);
      assert.deepEqual(registered.get("e-shop")?.ignoreChanges, ["spec.replicas"]);
      assert.deepEqual(bounds, [3, 9]);
    });

    it("is set to the fewest pods, awaited, when it comes from standby, and never while it serves", async () => {
      const { registered } = await autoscaled();
      const size = registered.get("e-shop-size");
      assert.equal(size?.type, "kubernetes:apps/v1:DeploymentPatch");
      assert.deepEqual(size.inputs, {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "shop-green", namespace: "shop", annotations: { "pulumi.com/patchForce": "true" } },
        spec: { replicas: 3 },
      });
      assert.equal(size.createTimeout, "90s");
      assert.deepEqual(size.ignoreChanges, ["spec.replicas"]);
      assert.ok(waitsFor(registered, "e-shop-size", "e-shop-autoscaler"), "the autoscaler would undo it");
      assert.ok(waitsFor(registered, "e-shop-autoscaler", "e-shop"));
      assert.ok(!registered.has("e-shop-standby"));
    });

    const kept: [standby: number, replicas: number, bounds: [number, number]][] = [
      [0, 0, [3, 9]],
      [1, 1, [1, 1]],
      [2, 2, [2, 2]],
    ];
    for (const [standby, replicas, bounds] of kept) {
      it(`is kept at a standby of ${standby} while it serves nobody, and the autoscaler does not undo that`, async () => {
        const specs = await autoscaled({ serving: false, standby });
        assert.deepEqual(specs.bounds, bounds);
        const standing = specs.registered.get("e-shop-standby");
        assert.deepEqual((standing?.inputs as { spec: unknown }).spec, { replicas });
        assert.deepEqual(standing?.ignoreChanges, []);
        assert.ok(!specs.registered.has("e-shop-size"));
      });
    }

    it("has its full size when standby is not under it", async () => {
      for (const standby of ["all", 3, 8] as const) {
        const { registered, bounds } = await autoscaled({ serving: false, standby });
        assert.deepEqual(bounds, [3, 9]);
        assert.ok(registered.has("e-shop-size"));
      }
    });
  });

  it("is kept at standby while it serves nobody", async () => {
    for (const [standby, replicas] of [
      [0, 0],
      [1, 1],
      [8, 2],
    ] as const) {
      const registered = await environment({ serving: false, standby });
      const { spec } = registered.get("e-shop")?.inputs as { spec: { replicas: number } };
      assert.equal(spec.replicas, replicas);
      assert.deepEqual(registered.get("e-shop")?.ignoreChanges, []);
    }
  });

  it("has all its replicas when standby is all, or when it serves", async () => {
    for (const change of [
      { serving: false, standby: "all" },
      { serving: true, standby: 0 },
    ] as const) {
      const { spec } = (await environment(change)).get("e-shop")?.inputs as { spec: { replicas: number } };
      assert.equal(spec.replicas, 2);
    }
  });

  it("has a disruption budget only where a pod can be spared", async () => {
    assert.ok((await environment()).has("e-shop-budget"));
    assert.ok(!(await environment({}, { replicas: 1 })).has("e-shop-budget"));
  });

  it("does not sleep before it stops when the drain is 0", async () => {
    const { spec } = (await environment({}, { preStop: "0" })).get("e-shop")?.inputs as {
      spec: { template: { spec: { containers: object[] } } };
    };
    assert.ok(!("lifecycle" in (spec.template.spec.containers[0] ?? {})));
  });

  it("hides environment variables that come from a secret", async () => {
    const secretMark = /4dabf18193072939515e22adb298388d/;
    const registered = await environment({ secretEnv: true }, { env: { KEY: "v" } });
    assert.match(JSON.stringify(registered.get("e")?.inputs), secretMark);
    assert.match(JSON.stringify(registered.get("e-shop")?.inputs), secretMark);
    const open = await environment({}, { env: { KEY: "v" } });
    for (const name of ["e", "e-shop"]) assert.doesNotMatch(JSON.stringify(open.get(name)?.inputs), secretMark);
  });
});
