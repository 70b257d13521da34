import assert from "node:assert/strict";
import { type Ingress } from "../../../components/routers/ingress-nginx/ingress";
import { lint } from "../../../components/routers/ingress-nginx/lint";
import { readSurroundings, surroundingsOf } from "../../../components/routers/ingress-nginx/surroundings";
import { type KubernetesObject, type Pod } from "../../../components/live/cluster";
import { FakeCluster } from "../../support/cluster";
import { goodConfig, settingsOf } from "../fixtures";

const prefix = "nginx.ingress.kubernetes.io";
const cyan = { "app.kubernetes.io/managed-by": "cyan" };
const canaryOf = (weight: number, more: Readonly<Record<string, string>> = {}) => ({
  [`${prefix}/canary`]: "true",
  [`${prefix}/canary-weight`]: String(weight),
  ...more,
});

interface Made {
  readonly name: string;
  readonly backend?: string;
  readonly path?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly second?: number;
}

function ingress({ name, backend = "other", path = "/", annotations = {}, labels = {}, second = 0 }: Made): Ingress {
  const rules = [{ host: "shop.example.com", http: { paths: [{ path, backend: { service: { name: backend } } }] } }];
  return { metadata: { name, labels, annotations, creationTimestamp: new Date(1000 * second) }, spec: { rules } };
}

const main = ingress({ name: "shop", backend: "shop-blue", labels: cyan, second: 1 });
const canary = (weight: number, more = {}, second = 2) =>
  ingress({ name: "shop-canary", backend: "shop-green", labels: cyan, annotations: canaryOf(weight, more), second });
const nginxClass = { metadata: { name: "nginx" }, ...{ spec: { controller: "k8s.io/ingress-nginx" } } };
const pod = (image: string): Pod => ({
  spec: { containers: [{ image, args: ["--providers.kubernetesIngressNGINX"] }] },
});
const nginx = pod("registry.k8s.io/ingress-nginx/controller:v1.12.1");
const traefik = (version: string) => pod(`traefik:v${version}`);

interface World {
  readonly ingresses?: readonly Ingress[];
  readonly classes?: readonly KubernetesObject[];
  readonly pods?: readonly Pod[];
}

function found(config: Readonly<Record<string, unknown>>, world: World = {}) {
  const { ingresses = [main, canary(0)], classes = [nginxClass], pods = [traefik("3.7.11")] } = world;
  return lint(settingsOf({ ...goodConfig, ...config }), surroundingsOf(ingresses, classes, pods));
}

const raised = { canaryWeight: 20 };
const header = { canary: { header: "X-Release" } };
const shared = ingress({ name: "old", backend: "shop-blue", path: "/old" });
const rival = ingress({ name: "rival", annotations: canaryOf(5) });
const longer = ingress({ name: "docs", path: "/docs" });
const traefikClass = { metadata: { name: "nginx" }, ...{ spec: { controller: "traefik.io/ingress-controller" } } };

describe("what stands around a release", () => {
  it("is of no concern when it is as the config takes it to be", () => {
    for (const pods of [[nginx], [traefik("3.7.11")], []]) {
      assert.deepEqual(found({ ...raised, ...header }, { pods }), { refusals: [], warnings: [] });
    }
    assert.deepEqual(found({}, { ingresses: [] }), { refusals: [], warnings: [] });
  });

  it("is of no concern where it goes with the Rollout of a router that gives way", () => {
    const ownedBy = (name: string): Ingress => {
      return {
        ...rival,
        metadata: { ...rival.metadata, ownerReferences: [{ kind: "Rollout", name, controller: true }] },
      };
    };
    const left = { ingresses: [main, canary(0), ownedBy("shop")] };
    assert.deepEqual(found(raised, left), { refusals: [], warnings: [] });
    assert.equal(found(raised, { ingresses: [main, canary(0), ownedBy("other")] }).refusals.length, 1);
  });

  for (const [what, config, world, said] of [
    ["a class of Traefik's own provider", raised, { classes: [traefikClass] }, /reads no canary annotation and takes/],
    ["a Traefik that is too old", raised, { pods: [traefik("3.6.2")] }, /Traefik before 3\.7 reads no canary/],
    [
      "a color's Service that another Ingress shares",
      raised,
      { ingresses: [main, canary(0), shared] },
      /Ingress old leads to Service shop-blue too/,
    ],
    [
      "another canary at the same place",
      raised,
      { ingresses: [main, canary(0), rival] },
      /Ingress rival is another canary at shop\.example\.com\//,
    ],
    [
      "a longer path, for an old Traefik and a header",
      header,
      { ingresses: [main, canary(0), longer], pods: [traefik("3.7.9")] },
      /shop\.example\.com\/docs \(Ingress docs\)/,
    ],
  ] as const) {
    it(`refuses ${what}, when the update brings the canary requests`, () => {
      const { refusals, warnings } = found(config, world);
      assert.equal(refusals.length, 1, JSON.stringify({ refusals, warnings }));
      assert.match(refusals[0] ?? "", said);
      assert.match(refusals[0] ?? "", /^shop: /);
    });

    it(`only warns of ${what}, when the canary gets no more than it has`, () => {
      const ingresses = "ingresses" in world ? [...world.ingresses] : [main, canary(0)];
      const kept = ingresses.map((each) =>
        each.metadata?.name === "shop-canary" ? canary(50, { [`${prefix}/canary-by-header`]: "X-Release" }) : each,
      );
      const { refusals, warnings } = found(config, { ...world, ingresses: kept });
      assert.deepEqual(refusals, []);
      assert.match(warnings[0] ?? "", said);
    });
  }

  it("is told, and not refused, when it is not known what serves the class", () => {
    const { refusals, warnings } = found(header, { ingresses: [main, canary(0), longer], pods: [] });
    assert.deepEqual(refusals, []);
    assert.match(warnings[0] ?? "", /or use the weight alone \(it is not known which controller serves nginx\)$/);
  });

  it("is told, and not refused, when another version of the same controller runs too", () => {
    const world = { ingresses: [main, canary(0), longer], pods: [traefik("3.7.9"), traefik("3.7.11")] };
    assert.deepEqual(found(header, world).refusals, []);
    assert.equal(found(header, world).warnings.length, 1);
  });

  it("warns of a class that is not there, unless the stack installs it or classes cannot be read", () => {
    assert.match(found({}, { classes: [] }).warnings[0] ?? "", /^shop: there is no IngressClass nginx/);
    assert.deepEqual(found({ install: "traefik" }, { classes: [] }).warnings, []);
    assert.deepEqual(lint(settingsOf(goodConfig), surroundingsOf([], undefined, undefined)).warnings, []);
  });

  it("warns of a second main Ingress at the same place", () => {
    const { warnings } = found({}, { ingresses: [main, canary(0), ingress({ name: "legacy", path: "/" })] });
    assert.match(warnings[0] ?? "", /^shop: Ingress legacy is at shop\.example\.com\/ too/);
  });

  it("warns of what only ingress-nginx does, where that is what runs", () => {
    const old = (pods: readonly Pod[]) => found({}, { ingresses: [main, canary(0, {}, 0)], pods }).warnings;
    assert.match(old([nginx])[0] ?? "", /Ingress shop-canary is older than Ingress shop/);
    assert.deepEqual(old([traefik("3.7.11")]), []);
  });
});

describe("reading what stands around a release", () => {
  it("takes Ingresses, classes and the controllers' pods", async () => {
    const cluster = new FakeCluster({
      kinds: { Ingress: [main, canary(50)], IngressClass: [nginxClass] },
      controllers: [nginx],
    });
    const { classes, controllers, ingresses } = await readSurroundings(cluster);
    assert.deepEqual(classes, { nginx: "k8s.io/ingress-nginx" });
    assert.deepEqual(controllers, [{ kind: "ingress-nginx", version: [1, 12, 1] }]);
    assert.deepEqual(
      ingresses.map(({ name, own, weight }) => [name, own, weight]),
      [
        ["shop", true, 0],
        ["shop-canary", true, 50],
      ],
    );
  });

  it("does without what the user may not read, and fails at every other error", async () => {
    const cluster = new FakeCluster();
    cluster.podsEverywhere = () => Promise.reject(Object.assign(new Error("forbidden"), { code: 403 }));
    assert.equal((await readSurroundings(cluster)).controllers, undefined);
    cluster.podsEverywhere = () => Promise.reject(new Error("connect ECONNREFUSED"));
    await assert.rejects(readSurroundings(cluster), /ECONNREFUSED/);
  });
});
