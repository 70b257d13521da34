import assert from "node:assert/strict";
import { cacheFolder } from "../../sandbox/toolchain/cache";
import { presentTools } from "../../sandbox/toolchain/toolchain";
import { stackOfBlock } from "../support/embedded-stack";
import { servedBy } from "../support/measured-traffic";
import { LoadedStack, quickPods } from "../support/router-cases";
import { eventually } from "../support/visitor";

describe("the routers on the embedded cluster", () => {
  const stack = stackOfBlock(quickPods);
  const loaded = new LoadedStack(stack);

  describe("through an ingress controller", () => {
    const weights = [1, 5, 20, 50, 100].map((weight) => [weight, weight] as const);

    before(() => loaded.begin({}, {}));
    after(() => loaded.end());

    it("are not changed with the traffic at once: both lead requests for a while", () => {
      stack().declare({ router: "traefik", canaryWeight: 20 });
      const { ok, out } = stack().up();
      assert.ok(!ok, out);
      assert.match(out, /router: would change from ingress-nginx to traefik, and the traffic of shop with it;/);
      loaded.nothingLost();
    });

    it("stay while nothing takes the routes of one that is to take over", async () => {
      stack().declare({ router: "gateway-api", "ingress.gateway": "default/none", readyTimeout: "5s" });
      const { ok, out } = stack().up();
      assert.ok(!ok, out);
      assert.equal(stack().field("ingress/shop", ".spec.rules[*].host"), "shop.localhost");
      await servedBy("blue", {});
      loaded.nothingLost();
    });

    const gateway = { "ingress.gateway": "default/edge" };
    for (const [router, changes] of [
      ["gateway-api", gateway],
      ["traefik", {}],
      ["ingress-nginx", {}],
    ] as const) {
      describe(router, () => {
        loaded.shows({ router, changes, way: {} }, weights);
      });
    }
  });

  describe("through a port of the nodes", () => {
    const nodePort = 30_080;
    const way = { origin: `http://127.0.0.1:${nodePort}`, fresh: true };
    const changes = {
      ...{ ingress: undefined, previewHost: undefined },
      ...{ "expose.type": "NodePort", "services.shop.expose.nodePort": nodePort, "services.shop.replicas": 4 },
    };

    before(() => loaded.begin({ ...changes, router: "service" }, way));
    after(() => loaded.end());

    describe("service", () => {
      loaded.flips({ router: "service", changes, way });
    });

    describe("replicas", () => {
      // Four pods of blue and one of green come nearest to 5 %.
      const weights = [
        [5, 20],
        [50, 50],
        [100, 100],
      ] as const;
      loaded.shows({ router: "replicas", changes, way }, weights);

      it("gives way to a router that selects one color without a loss", async () => {
        loaded.reach({ ...changes, router: "service" });
        await servedBy("blue", way);
        loaded.nothingLost();
      });
    });
  });

  describe("that no controller of the sandbox carries out", () => {
    /** Teaches the API server the kinds of a file. It serves them a moment after they are established. */
    async function establish(file: string | undefined, kind: string): Promise<void> {
      stack().kubectl("apply", "--server-side", "-f", file ?? assert.fail(`there is no file with ${kind}`));
      stack().kubectl("wait", "--timeout=30s", "--for=condition=Established", `crd/${kind}`);
      await eventually(() => void stack().kubectl("get", kind));
    }

    it("write objects that the API server takes by the definitions of F5, AWS, Istio and the Gateway API's meshes", async () => {
      const kinds = await presentTools({ cache: cacheFolder(process.env), env: process.env });
      await establish(kinds.get("f5-nginx.yaml")?.path, "virtualservers.k8s.nginx.org");
      const canary = { header: "X-Next", cookie: "next" };
      stack().reach({ router: "f5-nginx" });
      stack().reach({ router: "f5-nginx", canaryWeight: 20, canary });
      assert.equal(stack().field("virtualserver/shop", ".spec.routes[*].splits[*].weight"), "80 20");
      stack().reach({ router: "aws-alb", canaryWeight: 20, canary: { header: "X-Next" } });
      const actions = ".metadata.annotations.alb\\.ingress\\.kubernetes\\.io/actions\\.shop";
      assert.match(stack().field("ingress/shop-alb", actions), /"shop-blue".*"weight":80.*"shop-green".*"weight":20/);
      await establish(kinds.get("istio.yaml")?.path, "virtualservices.networking.istio.io");
      const meshed = { router: "istio", "ingress.gateway": "istio-system/edge", canary: { ...canary, mirror: 10 } };
      stack().reach({ ...meshed, canaryWeight: 20 });
      assert.equal(stack().field("virtualservice/shop", ".spec.http[-1:].route[*].weight"), "80 20");
      const mesh = { router: "linkerd", ingress: undefined, previewHost: undefined };
      stack().reach({ ...mesh, canaryWeight: 20, canary });
      assert.equal(stack().field("httproute/shop", ".spec.rules[-1:].backendRefs[*].weight"), "80 20");
    });

    it("give way to one whose objects have the same kind and name", () => {
      const sessions = { canary: { affinity: { cookie: "s" } } };
      stack().reach({ router: "gateway-api", "ingress.gateway": "default/edge", canaryWeight: 20, ...sessions });
      assert.equal(stack().field("httproute/shop", ".spec.parentRefs[*].kind"), "Gateway");
      assert.equal(stack().field("httproute/shop", ".spec.hostnames[*]"), "shop.localhost");
      assert.equal(stack().field("httproute/shop", ".spec.rules[-1:].sessionPersistence.sessionName"), "s-blue-canary");
    });
  });
});
