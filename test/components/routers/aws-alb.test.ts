import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseSettings } from "../../../components/config/settings";
import { type KubernetesObject } from "../../../components/live/cluster";
import { readLive } from "../../../components/live/read";
import { formatProblem } from "../../../components/model/problems";
import { Release, releaseArgs } from "../../../components/release";
import { awsAlb } from "../../../components/routers/aws-alb/live";
import { FakeCluster } from "../../support/cluster";
import { registeredBy, valueOf, waitsFor } from "../../support/mocks";
import { goodConfig, settingsOf } from "../fixtures";

const config = (change: Record<string, unknown> = {}) => ({ ...goodConfig, router: "aws-alb", ...change });
const release = (change: Record<string, unknown> = {}) =>
  registeredBy(() => new Release("r", releaseArgs(settingsOf(config(change)))));

const alb = "alb.ingress.kubernetes.io";
type Annotations = Readonly<Record<string, string>>;

async function annotationsOf(change: Record<string, unknown>): Promise<Annotations> {
  return ((await release(change)).get("r-shop-alb")?.inputs as { metadata: { annotations: Annotations } }).metadata
    .annotations;
}

const group = (color: string) => ({ serviceName: `shop-${color}`, servicePort: 80 });
const forward = (...targetGroups: object[]) => ({ type: "forward", forwardConfig: { targetGroups } });
const split = (active: string, idle: string, weight: number) =>
  forward({ ...group(active), weight: 100 - weight }, { ...group(idle), weight });
const parsed = (text: string | undefined): unknown => JSON.parse(text ?? "null");

const place = (host: string, ...backends: object[]) => ({
  ingressClassName: "alb",
  rules: [
    { host, http: { paths: backends.map((service) => ({ path: "/", pathType: "Prefix", backend: { service } })) } },
  ],
});
const action = (name: string) => ({ name, port: { name: "use-annotation" } });

describe("the aws-alb router", () => {
  it("declares an Ingress whose action splits by weight, the active color first, and one for the preview host", async () => {
    const ingress = { host: "shop.example.com", annotations: { [`${alb}/group.name`]: "shop" } };
    const registered = await release({ activeColor: "green", canaryWeight: 20, ingress });
    const { metadata, spec } = registered.get("r-shop-alb")?.inputs as {
      metadata: { name: string; annotations: Annotations };
      spec: object;
    };
    assert.equal(metadata.name, "shop-alb");
    const { [`${alb}/actions.shop`]: written, ...others } = metadata.annotations;
    assert.deepEqual(parsed(written), split("green", "blue", 20));
    assert.deepEqual(others, {
      [`${alb}/group.name`]: "shop",
      [`${alb}/target-type`]: "ip",
      "cyan.dev/active-color": "green",
      "cyan.dev/canary-weight": "20",
      "pulumi.com/patchForce": "true",
      "pulumi.com/skipAwait": "true",
    });
    assert.deepEqual(spec, place("shop.example.com", action("shop")));
    const preview = registered.get("r-shop-alb-preview")?.inputs as { metadata: { name: string }; spec: object };
    assert.equal(preview.metadata.name, "shop-alb-preview");
    assert.deepEqual(preview.spec, place("preview.shop.example.com", { name: "shop-blue", port: { number: 80 } }));
    assert.ok(waitsFor(registered, "r-shop-alb", "r-green-shop") && waitsFor(registered, "r-shop-alb", "r-blue-shop"));
    assert.ok(waitsFor(registered, "r-shop-active", "r-shop-alb"));
  });

  it("leads what carries a header to one color, before it splits", async () => {
    const canary = { header: "X-Next" };
    const annotations = await annotationsOf({ canary });
    for (const [index, value, color] of [
      [1, "always", "green"],
      [2, "never", "blue"],
    ] as const) {
      assert.deepEqual(parsed(annotations[`${alb}/actions.shop-by-header-${index}`]), forward(group(color)));
      assert.deepEqual(parsed(annotations[`${alb}/conditions.shop-by-header-${index}`]), [
        { field: "http-header", httpHeaderConfig: { httpHeaderName: "X-Next", values: [value] } },
      ]);
    }
    const { spec } = (await release({ canary })).get("r-shop-alb")?.inputs as { spec: object };
    const backends = ["shop-by-header-1", "shop-by-header-2", "shop"].map(action);
    assert.deepEqual(spec, place("shop.example.com", ...backends));
  });

  it("gives the traffic that its Ingress has", async () => {
    let served: Release["served"] = {};
    await registeredBy(() => {
      served = new Release("r", releaseArgs(settingsOf(config({ activeColor: "green", canaryWeight: 5 })))).served;
    });
    assert.deepEqual(await valueOf(pulumi.output(served)), {
      shop: { active: "shop-green", idle: "shop-blue", canaryWeight: 5 },
    });
  });

  it("is moved past the engine to just what an update declares, and is read as it is", async () => {
    const before = { activeColor: "blue", canaryWeight: 5 } as const;
    const canary = { header: "X-Next" };
    const object = (await release({ ...before, canary })).get("r-shop-alb")?.inputs as KubernetesObject;
    const found = (change: Annotations = {}) => {
      const annotations = { ...object.metadata?.annotations, ...change };
      return new FakeCluster({ kinds: { Ingress: [{ ...object, metadata: { ...object.metadata, annotations } }] } });
    };
    const routeIn = async (cluster: FakeCluster) => {
      const live = await readLive(Promise.resolve(cluster), ["shop"], awsAlb);
      assert.ok(live.known);
      return live.services[0]?.route;
    };
    const route = { active: "blue", canary: { color: "green", weight: 5 }, recorded: before };
    assert.deepEqual(await routeIn(found()), route);
    const own = { [`${alb}/actions.old`]: '{"type":"redirect"}' };
    assert.deepEqual(await routeIn(found(own)), route, "an action of the user's own");
    const broken = await routeIn(found({ [`${alb}/actions.shop`]: "{" }));
    assert.equal(broken?.active, undefined, "an action that a hand broke leads to neither color");
    for (const [activeColor, canaryWeight] of [
      ["blue", 0],
      ["green", 20],
    ] as const) {
      const cluster = found();
      await awsAlb.move(cluster, ["shop"], { activeColor, canaryWeight });
      const [patch] = cluster.patches;
      assert.deepEqual([patch?.kind, patch?.name, patch?.change.spec], ["Ingress", "shop-alb", undefined]);
      const declared = await annotationsOf({ activeColor, canaryWeight, canary });
      for (const [key, value] of Object.entries(patch?.change.metadata?.annotations ?? {})) {
        assert.equal(value, declared[key], key);
      }
      assert.ok(patch?.change.metadata?.annotations[`${alb}/actions.shop-by-header-1`], "who comes by header follows");
    }
  });

  it("knows no cookies, patterns and TLS secrets", () => {
    const canary = { header: "X-Next", headerPattern: "a+", cookie: "next" };
    const result = parseSettings(config({ canary, ingress: { host: "shop.example.com", tls: "cert" } }));
    assert.deepEqual("problems" in result && result.problems.map((each) => formatProblem(each).split("; ")[0]), [
      "ingress.tls: the router aws-alb cannot terminate TLS with a secret of its own",
      "canary.headerPattern: the router aws-alb cannot match a header by a pattern",
      "canary.cookie: the router aws-alb cannot tell requests apart by a cookie",
    ]);
  });
});
