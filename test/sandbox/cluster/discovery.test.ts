import assert from "node:assert/strict";
import { targetsOf } from "../../../sandbox/cluster/discovery";

const pod = (name: string, color: string | undefined, status: object) => ({
  metadata: {
    name,
    namespace: "dev",
    labels: { "app.kubernetes.io/name": "shop", ...(color && { "cyan.dev/color": color }) },
  },
  spec: { containers: [{ ports: [{ containerPort: 8080 }] }] },
  status,
});

describe("targets of the sandbox's Prometheus", () => {
  it("are the running pods of both colors, with their labels", () => {
    const items = [
      pod("shop-blue-1", "blue", { phase: "Running", podIP: "10.244.0.2" }),
      pod("shop-green-1", "green", { phase: "Running", podIP: "10.244.0.3" }),
      pod("shop-green-2", "green", { phase: "Pending" }),
      pod("shop-green-3", "green", { phase: "Failed", podIP: "10.244.0.4" }),
      pod("other", undefined, { phase: "Running", podIP: "10.244.0.5" }),
    ];
    assert.deepEqual(targetsOf({ items }), [
      {
        targets: ["10.244.0.2:8080"],
        labels: { namespace: "dev", pod: "shop-blue-1", service: "shop", color: "blue" },
      },
      {
        targets: ["10.244.0.3:8080"],
        labels: { namespace: "dev", pod: "shop-green-1", service: "shop", color: "green" },
      },
    ]);
  });
});
