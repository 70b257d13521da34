import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { capabilities } from "../../components/model/routers";
import { network } from "../../sandbox/cluster/network";
import { tally } from "../../sandbox/demo/load/answer";
import { contains, wilson99 } from "../../sandbox/demo/statistics";
import { type Changes, stackOfBlock } from "../support/embedded-stack";
import { answeredBy, atGateway, edge, envoyCount, envoySays, insideMesh, meshed } from "../support/istio";
import { sample, servedBy, startLoad, type Way } from "../support/measured-traffic";
import { quickPods } from "../support/router-cases";
import { eventually } from "../support/visitor";

/** Requests of each kind: enough that a split of 30 % would show. */
const many = 30;
type Texts = Readonly<Record<string, string>>;
const failing = { "services.shop.green.env.ERROR_RATE": "1" };

/** A router's config, and how its requests go. */
const cases = [
  { router: "istio", place: "at the ingress gateway", changes: edge, way: atGateway },
  { router: "gateway-api", place: "at the ingress gateway", changes: edge, way: atGateway },
  { router: "istio", place: "inside the mesh", changes: meshed, way: insideMesh },
  { router: "linkerd", place: "inside the mesh", changes: meshed, way: insideMesh },
] as const;

describe("who reaches the idle color by the real Istio", () => {
  const stack = stackOfBlock(quickPods, ["istio"]);

  /** Blue is active; what an update wrote has reached the gateway when `told` says so. */
  async function reach(changes: Changes, told: () => Promise<void>): Promise<void> {
    stack().reach(changes);
    await eventually(told);
  }

  /** Each request with these headers gets this color. */
  async function get(color: string, way: Way, headers: Texts = {}): Promise<void> {
    assert.deepEqual(await sample(many, { ...way, headers }), { [color]: many }, JSON.stringify(headers));
  }

  /** How many copies green gets of so many requests, all of which blue answers. */
  async function copiesOf(count: number, way: Way): Promise<number> {
    const before = answeredBy(stack(), "green");
    assert.deepEqual(await sample(count, way), { blue: count });
    let [seen, copies] = [-1, 0];
    while (seen !== copies) [seen, copies] = [copies, answeredBy(stack(), "green") - before];
    return copies;
  }

  for (const { router, place, changes, way } of cases) {
    describe(`${place}, with the router ${router}`, () => {
      const declared = { ...changes, router };

      before(() => reach(declared, () => servedBy("blue", way)));

      it("is told by header and cookie whatever the weight is, by the header first", async () => {
        const canary = { header: "X-Release", cookie: "release" };
        await reach({ ...declared, canary, canaryWeight: 30 }, async () => {
          await get("green", way, { "X-Release": "always" });
          await get("blue", way, { "X-Release": "never" });
          await get("green", way, { Cookie: "release=always" });
          await get("blue", way, { Cookie: "release=never" });
          await get("green", way, { Cookie: "a=1; release=always; b=2" });
          await get("blue", way, { Cookie: "release=always", "X-Release": "never" });
        });
      });

      it("is told by a value of the header, and by no other", async () => {
        await reach({ ...declared, canary: { header: "X-Release", headerValue: "next" } }, async () => {
          await get("green", way, { "X-Release": "next" });
          await get("blue", way, { "X-Release": "next2" });
          await get("blue", way, { "X-Release": "always" });
          await get("blue", way);
        });
      });

      it("is told by a pattern of the header, which may match a part of it", async () => {
        await reach({ ...declared, canary: { header: "X-User", headerPattern: "^beta-[0-9]+$" } }, async () => {
          await get("green", way, { "X-User": "beta-17" });
          await get("blue", way, { "X-User": "beta-" });
          await get("blue", way, { "X-User": "a-beta-17" });
        });
        await reach({ ...declared, canary: { header: "X-User", headerPattern: "beta" } }, async () => {
          await get("green", way, { "X-User": "a-beta-17" });
          await get("blue", way, { "X-User": "alpha" });
        });
      });

      if (!capabilities[router].mirror) return;

      it("is sent copies of all requests, whose answers no user sees", async () => {
        stack().reach({ ...declared, ...failing });
        await reach({ ...declared, ...failing, canary: { mirror: 100 } }, async () => {
          assert.equal(await copiesOf(many, way), many);
        });
        assert.equal(await copiesOf(1_000, way), 1_000);
      });

      it("is sent copies of a part of the requests", async () => {
        await reach({ ...declared, canary: { mirror: 20 } }, async () => {
          const copies = await copiesOf(many, way);
          assert.ok(copies > 0 && copies < many, `${copies} copies`);
        });
        const copies = await copiesOf(2_000, way);
        assert.ok(contains(wilson99(copies, 2_000), 0.2), `${copies} copies of 2000 requests`);
      });
    });
  }

  it("gets no second request for one that failed in it, with the router istio", async () => {
    const way = { ...atGateway, headers: { "X-Release": "always" } };
    const failuresOf = async (count: number): Promise<void> => {
      const load = startLoad({ rate: 200, count }, way);
      await load.finished;
      assert.deepEqual(tally(load.answers).losses, { "status 500": count });
    };
    await reach({ ...edge, router: "istio", ...failing, canary: { header: "X-Release" } }, () => failuresOf(many));
    const before = answeredBy(stack(), "green");
    await failuresOf(200);
    assert.equal(answeredBy(stack(), "green") - before, 200);
  });

  it("does not matter to a user when a pod refuses: the request is sent to another, and the pod passed over, with the router istio", async () => {
    await reach({ ...edge, router: "istio" }, () => servedBy("blue", atGateway));
    const refusing = { ip: network.node, port: 9 };
    const file = join(stack().work, "refusing.json");
    writeFileSync(
      file,
      JSON.stringify({
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name: "refusing", labels: { "kubernetes.io/service-name": "shop-blue" } },
        addressType: "IPv4",
        ports: [{ name: "http", port: refusing.port }],
        endpoints: [{ addresses: [refusing.ip], conditions: { ready: true } }],
      }),
    );
    const known = `${refusing.ip}:${refusing.port}`;
    const [retried, ejected] = ["upstream_rq_retry_success", "ejections_enforced_total"];
    const before = envoyCount("blue", retried);
    stack().kubectl("apply", "-f", file);
    await eventually(() => {
      assert.ok(envoySays("/clusters").includes(known));
    });
    try {
      assert.deepEqual(await sample(1_000, atGateway), { blue: 1_000 });
    } finally {
      stack().kubectl("delete", "-f", file);
    }
    assert.ok(envoyCount("blue", retried) > before, "no request was sent again");
    assert.ok(envoyCount("blue", ejected) > 0, "the pod was never passed over");
  });
});
