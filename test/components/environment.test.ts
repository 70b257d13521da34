import assert from "node:assert/strict";
import { Environment, type EnvironmentArgs } from "../../components/environment";
import { scaleOf } from "../../components/model/capacity";
import { perColor } from "../../components/model/color";
import { type Standby } from "../../components/model/settings";
import { type Registered, registeredBy, waitsFor } from "../support/mocks";
import { goodConfig, settingsOf } from "./fixtures";

const shop = goodConfig.services.shop;

/** A change of the arguments, and whether the color serves: it does unless a test says otherwise. */
interface Change extends Partial<EnvironmentArgs> {
  readonly serving?: boolean;
  readonly standby?: Standby;
}

function environment(
  { serving = true, standby = "all", ...change }: Change = {},
  service: Record<string, unknown> = {},
): Promise<ReadonlyMap<string, Registered>> {
  const { services, secrets } = settingsOf({ ...goodConfig, services: { shop: { ...shop, ...service } } });
  const scales = services.map(({ name, workloads }) => [name, scaleOf(workloads.green, serving, standby)] as const);
  const args: EnvironmentArgs = {
    color: "green",
    namespace: "shop",
    services,
    scales: Object.fromEntries(scales),
    readyTimeout: { seconds: 90 },
    secrets,
    secretServices: false,
    served: {},
    ...change,
  };
  return registeredBy(() => new Environment("e", args, { first: [] }));
}

const labels = { "app.kubernetes.io/name": "shop", "cyan.dev/color": "green", "app.kubernetes.io/managed-by": "cyan" };
const selector = { "app.kubernetes.io/name": "shop", "cyan.dev/color": "green" };

/** How the SDK marks a secret on its way to the engine. */
const secretMark = /4dabf18193072939515e22adb298388d/;

/** The inputs of a ConfigMap or a Secret. */
interface Kept {
  readonly metadata: { readonly name?: string };
  readonly immutable: boolean;
  readonly stringData?: { readonly value: unknown };
}

function objectOf(registered: Registered | undefined): Kept {
  return registered?.inputs as Kept;
}

interface Pod {
  readonly spec: {
    readonly volumes?: unknown;
    readonly containers: readonly { readonly env?: unknown; readonly volumeMounts?: unknown }[];
  };
}

function podOf(registered: ReadonlyMap<string, Registered>): Pod {
  return (registered.get("e-shop")?.inputs as { spec: { template: Pod } }).spec.template;
}

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
    const autoscaled = async (change: Change = {}): Promise<Specs> => {
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

  it("hides the settings of its services in the state where the config hides them", async () => {
    const registered = await environment({ secretServices: true });
    assert.match(JSON.stringify(registered.get("e")?.inputs), secretMark);
    assert.doesNotMatch(JSON.stringify((await environment()).get("e")?.inputs), secretMark);
  });

  it("has no object for files or secrets when there are none", async () => {
    const types = [...(await environment()).values()].map(({ type }) => type);
    assert.deepEqual(
      types.filter((type) => /ConfigMap|Secret|NetworkPolicy/.test(type)),
      [],
    );
  });

  describe("with files", () => {
    const files = { "/etc/shop/app.yaml": "color: green\n", "/app.yaml": "" };
    const name = "shop-green-config-3cd97bf57f";
    const mapsOf = (registered: ReadonlyMap<string, Registered>): Registered[] =>
      [...registered.values()].filter(({ type }) => type === "kubernetes:core/v1:ConfigMap");

    it("keeps them in a ConfigMap that never changes, and gives each to the pods at its path", async () => {
      const registered = await environment({}, { files });
      const [map, ...others] = mapsOf(registered);
      assert.deepEqual(others, []);
      assert.deepEqual(map?.inputs, {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name, namespace: "shop", labels },
        immutable: true,
        data: { "0-app.yaml": "", "1-app.yaml": "color: green\n" },
      });
      const { spec } = podOf(registered);
      assert.deepEqual(spec.volumes, [{ name: "config", configMap: { name } }]);
      assert.deepEqual(spec.containers[0]?.volumeMounts, [
        { name: "config", mountPath: "/app.yaml", subPath: "0-app.yaml", readOnly: true },
        { name: "config", mountPath: "/etc/shop/app.yaml", subPath: "1-app.yaml", readOnly: true },
      ]);
      assert.ok(waitsFor(registered, "e-shop", map.name));
    });

    it("keeps others in another ConfigMap, a resource of its own, so that the former one goes last", async () => {
      const before = mapsOf(await environment({}, { files }))[0];
      const after = mapsOf(await environment({}, { files: { ...files, "/app.yaml": "a" } }))[0];
      const again = mapsOf(await environment({}, { files: Object.fromEntries(Object.entries(files).toReversed()) }))[0];
      assert.notEqual(after?.name, before?.name);
      assert.notEqual(objectOf(after).metadata.name, objectOf(before).metadata.name);
      assert.deepEqual(again, before);
    });
  });

  describe("with secrets", () => {
    const secrets = { shop: perColor(() => ({ env: { TOKEN: "hunter2" }, files: { "/etc/shop/key": "hunter3" } })) };

    it("keeps them in a Secret whose name the provider draws, and gives the pods that name", async () => {
      const registered = await environment({ secrets });
      const secret = registered.get("e-shop-secret");
      const { metadata, immutable, stringData } = objectOf(secret);
      assert.deepEqual(metadata, { namespace: "shop", labels });
      assert.equal(immutable, true);
      assert.deepEqual(stringData?.value, { TOKEN: "hunter2", "0-key": "hunter3" });
      const { spec } = podOf(registered);
      const name = "e-shop-secret-drawn";
      assert.deepEqual(spec.volumes, [{ name: "secret", secret: { secretName: name } }]);
      const [container] = spec.containers;
      assert.deepEqual(container?.env, [{ name: "TOKEN", valueFrom: { secretKeyRef: { name, key: "TOKEN" } } }]);
      assert.deepEqual(container.volumeMounts, [
        { name: "secret", mountPath: "/etc/shop/key", subPath: "0-key", readOnly: true },
      ]);
      assert.ok(waitsFor(registered, "e-shop", "e-shop-secret"));
    });

    it("says them nowhere else, and there as a secret of the state", async () => {
      const registered = await environment({ secrets });
      for (const { name, inputs } of registered.values()) {
        const text = JSON.stringify(inputs);
        if (name === "e-shop-secret") assert.match(text, secretMark);
        else assert.doesNotMatch(text, /hunter/, name);
      }
    });

    it("has no volume for variables alone", async () => {
      const { spec } = podOf(
        await environment({ secrets: { shop: perColor(() => ({ env: { A: "a" }, files: {} })) } }),
      );
      assert.equal(spec.volumes, undefined);
    });
  });

  describe("with a network policy", () => {
    const policyOf = async (networkPolicy: unknown): Promise<unknown> => {
      const settings = settingsOf({ ...goodConfig, networkPolicy }).networkPolicy ?? assert.fail("no policy");
      return (await environment({ networkPolicy: settings })).get("e-shop-network")?.inputs;
    };
    const namespace = (name: string) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    });
    const port = (number: number) => [{ protocol: "TCP", port: number }];

    it("lets in its own namespace and who is declared, and leaves calls to others alone", async () => {
      assert.deepEqual(await policyOf({ from: ["ingress", "monitoring:9090", "192.0.2.0/24"] }), {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "shop-green", namespace: "shop", labels },
        spec: {
          podSelector: { matchLabels: selector },
          policyTypes: ["Ingress"],
          ingress: [
            { from: [{ podSelector: {} }] },
            { from: [namespace("ingress")] },
            { from: [namespace("monitoring")], ports: port(9090) },
            { from: [{ ipBlock: { cidr: "192.0.2.0/24" } }] },
          ],
        },
      });
    });

    it("lets out name lookups and who is declared, and nobody in whom it does not name", async () => {
      const { spec } = (await policyOf({ sameNamespace: false, to: ["db:5432", "2001:db8::/32"] })) as {
        spec: unknown;
      };
      assert.deepEqual(spec, {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress", "Egress"],
        ingress: [],
        egress: [
          {
            ports: [
              { protocol: "UDP", port: 53 },
              { protocol: "TCP", port: 53 },
            ],
          },
          { to: [namespace("db")], ports: port(5432) },
          { to: [{ ipBlock: { cidr: "2001:db8::/32" } }] },
        ],
      });
    });
  });
});
