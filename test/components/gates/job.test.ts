import assert from "node:assert/strict";
import { answersNow, gatesOf, passAll } from "../../../components/gates/gates";
import { type EndpointSlice, type Job, type Pod } from "../../../components/live/cluster";
import { planTransition } from "../../../components/model/transition";
import { FakeCluster } from "../../support/cluster";
import { goodConfig, settingsOf } from "../fixtures";

const entry = { service: "shop", color: "green" } as const;
const job = { image: "registry/smoke:1", args: ["--all"], env: { LEVEL: "deep" } };

/** The gates of a transition by which green enters. */
function gates(cluster: FakeCluster, more: Record<string, unknown> = {}, entries: readonly (typeof entry)[] = [entry]) {
  const settings = settingsOf({ ...goodConfig, gate: { job: { ...job, ...more } } });
  const transition = { ...planTransition({ known: true, services: [] }, settings), needs: [], entries };
  return gatesOf({ cluster, settings, transition });
}

const finished = (type: string, reason?: string, message?: string): Job => ({
  status: {
    conditions: [
      { type: "SuccessCriteriaMet", status: "True" },
      { type, status: "True", ...(reason && { reason }), ...(message && { message }) },
    ],
  },
});

function pod(name: string, createdAt: string, state: object): Pod {
  return {
    metadata: {
      name,
      labels: { "batch.kubernetes.io/job-name": "cyan-gate-1" },
      creationTimestamp: new Date(createdAt),
    },
    status: { containerStatuses: [{ ready: false, restartCount: 0, state }] },
  };
}

describe("the gate that runs a Job", () => {
  it("holds when its Job has succeeded, which it waits for", async () => {
    const cluster = new FakeCluster();
    const held = passAll(gates(cluster));
    await cluster.watched;
    cluster.change({ job: { status: {} } });
    cluster.change({ job: finished("Complete") });
    await held;
    assert.equal(cluster.created.length, 1);
  });

  it("runs nothing when no color enters, and only says what it would run when it is asked now", async () => {
    const cluster = new FakeCluster();
    assert.deepEqual(gates(cluster, {}, []), []);
    assert.deepEqual(await answersNow(gates(cluster)), [
      { gate: "job", state: "later", lines: ["registry/smoke:1 is run for shop green"] },
    ]);
    assert.deepEqual(cluster.created, []);
  });

  /** A pod of green that the update has exchanged: it is an endpoint until it has ended. */
  const exchanged: Pod = {
    metadata: {
      name: "shop-green-old",
      labels: { "app.kubernetes.io/name": "shop", "cyan.dev/color": "green" },
      deletionTimestamp: new Date(0),
    },
  };
  const endpoints = (
    ...pods: readonly (readonly [string, { ready: boolean; terminating?: boolean }])[]
  ): EndpointSlice => ({
    metadata: { labels: { "kubernetes.io/service-name": "shop-green" } },
    endpoints: pods.map(([name, conditions], index) => ({
      ...{ addresses: [`10.0.0.${index}`], conditions, targetRef: { name } },
    })),
  });
  const newPod = ["shop-green-new", { ready: true }] as const;

  it("runs its Job only when the pods that were exchanged have ended: the Service may lead to them until then", async () => {
    const cluster = new FakeCluster({
      job: finished("Complete"),
      pods: [exchanged],
      // The EndpointSlice has not been told yet.
      endpointSlices: [endpoints(newPod, ["shop-green-old", { ready: true }])],
    });
    const held = passAll(gates(cluster));
    await cluster.watched;
    cluster.change({ endpointSlices: [endpoints(newPod, ["shop-green-old", { ready: false, terminating: true }])] });
    await new Promise(setImmediate);
    assert.deepEqual(cluster.created, []);
    cluster.change({ endpointSlices: [endpoints(newPod)] });
    await held;
    assert.equal(cluster.created.length, 1);
  });

  it("waits for no pod that is no endpoint, nor for one of another color", async () => {
    const other = { ...endpoints(["shop-blue-old", { ready: false, terminating: true }]) };
    const blue = { ...other, metadata: { labels: { "kubernetes.io/service-name": "shop-blue" } } };
    const cluster = new FakeCluster({
      ...{ job: finished("Complete"), pods: [exchanged], endpointSlices: [endpoints(newPod), blue] },
    });
    await passAll(gates(cluster));
    assert.equal(cluster.created.length, 1);
  });

  it("does not hold, and runs no Job, when pods that were exchanged do not end", async () => {
    const cluster = new FakeCluster({
      ...{ pods: [exchanged], endpointSlices: [endpoints(newPod, ["shop-green-old", { ready: false }])] },
    });
    await assert.rejects(passAll(gates(cluster, { timeout: "1s" })), {
      message: [
        "the job gate did not hold within 1s, and no traffic was moved:",
        "  shop green: shop-green-old is ending and has not ended; the Job would try it too",
        "  mend the color, or move all the same with: pulumi config set --path gate.force true",
      ].join("\n"),
    });
    assert.deepEqual(cluster.created, []);
  });

  it("does not hold when its Job has failed: with the reason, and the end of the last try's log", async () => {
    const log = Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n");
    const cluster = new FakeCluster({
      job: finished("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"),
      pods: [
        pod("b", "2026-01-01T00:00:09Z", { terminated: { exitCode: 1 } }),
        pod("a", "2026-01-01T00:00:01Z", { terminated: { exitCode: 1 } }),
      ],
      logs: { a: "the first try", b: `${log}\n` },
    });
    await assert.rejects(passAll(gates(cluster)), (error: Error) => {
      const lines = error.message.split("\n");
      assert.deepEqual(lines.slice(0, 3), [
        "the job gate did not hold within 300s, and no traffic was moved:",
        "  Job cyan-gate-1: it failed (BackoffLimitExceeded: Job has reached the specified backoff limit)",
        "    line 11",
      ]);
      assert.deepEqual(lines.at(-2), "    line 29");
      return true;
    });
  });

  it("does not hold when its Job does not end, and says why the pod does not begin", async () => {
    const waiting = { waiting: { reason: "ErrImagePull" } };
    const cluster = new FakeCluster({ pods: [pod("a", "2026-01-01T00:00:01Z", waiting)] });
    await assert.rejects(passAll(gates(cluster, { timeout: "1s" })), {
      message: [
        "the job gate did not hold within 1s, and no traffic was moved:",
        "  Job cyan-gate-1: it has not ended",
        "    a: its image cannot be had (ErrImagePull)",
        "  mend the color, or move all the same with: pulumi config set --path gate.force true",
      ].join("\n"),
    });
  });

  it("runs a pod that may do nothing, under a name that is always new, and is cleaned up", async () => {
    const cluster = new FakeCluster({ job: finished("Complete") });
    await passAll(gates(cluster, { backoff: "2", timeout: "1m", runAsUser: 7 }));
    const labels = { "app.kubernetes.io/managed-by": "cyan", "cyan.dev/gate": "job" };
    assert.deepEqual(cluster.created, [
      {
        metadata: { generateName: "cyan-gate-", labels },
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 90,
          ttlSecondsAfterFinished: 3600,
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: "Never",
              automountServiceAccountToken: false,
              securityContext: { runAsNonRoot: true, runAsUser: 7, seccompProfile: { type: "RuntimeDefault" } },
              containers: [
                {
                  name: "gate",
                  image: "registry/smoke:1",
                  imagePullPolicy: "IfNotPresent",
                  args: ["--all"],
                  env: [
                    { name: "CYAN_URLS", value: "http://shop-green.shop.svc:80" },
                    { name: "LEVEL", value: "deep" },
                  ],
                  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
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
      },
    ]);
  });
});
