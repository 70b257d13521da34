import assert from "node:assert/strict";
import { blueServes, greenServes, type World } from "./world";

/** Something that happens to a release in production. It begins and ends with blue serving all requests. */
export interface Case {
  readonly name: string;
  readonly run: (world: World) => Promise<void> | void;
}

const weightOf = (weight: number) => ({ ...blueServes, weight: String(weight) });

const goodDays: readonly Case[] = [
  {
    name: "a canary of 5, 20 and 50 %, a flip, and a rollback",
    run: (world) => {
      for (const weight of [5, 20, 50]) world.move({ canaryWeight: weight }, weightOf(weight));
      world.move({ activeColor: "green" }, greenServes);
      world.home();
    },
  },
  {
    name: "a flip that keeps a weight, and one back that keeps another",
    run: (world) => {
      world.move({ activeColor: "green", canaryWeight: 30 }, { ...greenServes, weight: "30" });
      world.move({ canaryWeight: 10 }, weightOf(10));
      world.home();
    },
  },
  {
    name: "a flip to a color that was kept at nothing, which is shrunk again after the rollback",
    run: (world) => {
      world.move({ standby: 0 }, blueServes);
      assert.equal(world.stack.field("deployment/shop-green", ".spec.replicas"), "0");
      world.move({ standby: 0, activeColor: "green" }, greenServes);
      assert.equal(world.stack.field("deployment/shop-blue", ".spec.replicas"), "0");
      world.move({ standby: 0 }, blueServes);
      world.home();
    },
  },
  {
    name: "a new image for the idle color, then a flip to it",
    run: (world) => {
      const image = { "services.shop.green.image": "cyan.local/demo:v3" };
      world.move(image, blueServes);
      world.move({ ...image, activeColor: "green" }, greenServes);
      world.home();
    },
  },
];

const badReleases = [
  ["cannot be pulled", { "services.shop.green.image": "cyan.local/demo:none" }],
  ["crashes", { "services.shop.green.env.CRASH_AFTER": "100ms" }],
  ["does not pass its probe", { "services.shop.green.env.READY_AFTER": "never" }],
  ["becomes ready and dies at once", { "services.shop.green.env.CRASH_AFTER": "1500ms" }],
] as const;

const refusals: readonly Case[] = [
  ...badReleases.map(([what, changes]) => ({
    name: `a flip to a release that ${what} is refused and moves nothing`,
    run: (world: World) => {
      world.refused({ ...changes, activeColor: "green" }, /release-green-shop/);
      world.home();
    },
  })),
  {
    name: "a flip to a color that is ready, and too small for what serves, is refused unless it is forced",
    run: (world) => {
      const small = { activeColor: "green", "services.shop.green.replicas": 1 };
      world.refused(small, /shop green: 1 of 2 ready endpoints for 100 % of the requests/);
      assert.match(world.move({ ...small, "gate.force": true }, greenServes), /gate\.force is set/);
      world.home();
    },
  },
  {
    name: "a new image under the users of the color that serves is refused before anything is changed",
    run: (world) => {
      world.refused({ "services.shop.blue.image": "cyan.local/demo:v3" }, /blue serves cyan\.local\/demo:v1/);
      const image = world.stack.field("deployment/shop-blue", ".spec.template.spec.containers[0].image");
      assert.equal(image, "cyan.local/demo:v1");
      world.home();
    },
  },
];

const hands: readonly Case[] = [
  {
    name: "an idle color that was scaled to nothing by hand is grown again before it serves",
    run: (world) => {
      world.stack.kubectl("scale", "deployment", "shop-green", "--replicas=0");
      world.move({ activeColor: "green" }, greenServes);
      world.home();
    },
  },
  {
    name: "a weight that was edited by hand is named, and taken back",
    run: (world) => {
      world.move({ canaryWeight: 10 }, weightOf(10));
      const annotation = "nginx.ingress.kubernetes.io/canary-weight=50";
      world.stack.kubectl("annotate", "ingress", "shop-canary", "--overwrite", annotation);
      const named = world.move({ canaryWeight: 10 }, weightOf(10));
      assert.match(named, /edited by hand: shop: the canary's weight is 50, 10 was recorded/);
      world.home();
    },
  },
  {
    name: "a canary route that was deleted by hand is named, and made again",
    run: (world) => {
      world.move({ canaryWeight: 10 }, weightOf(10));
      world.stack.kubectl("delete", "ingress", "shop-canary");
      const named = world.move({ canaryWeight: 10 }, weightOf(10));
      assert.match(named, /edited by hand: shop: the canary route is gone/);
      world.home();
    },
  },
  {
    name: "a selector that was edited by hand is taken back",
    run: (world) => {
      world.stack.kubectl("patch", "service", "shop", "-p", '{"spec":{"selector":{"cyan.dev/color":"green"}}}');
      world.home();
      assert.equal(world.stack.field("service/shop", ".spec.selector.cyan\\.dev/color"), "blue");
    },
  },
  {
    name: "a state that is one version behind the cluster converges",
    run: (world) => {
      const state = `${world.stack.work}/state.json`;
      world.stack.pulumi("stack", "export", "--file", state);
      world.move({ activeColor: "green" }, greenServes);
      world.stack.pulumi("stack", "import", "--file", state);
      world.move({ activeColor: "green" }, greenServes);
      world.home();
    },
  },
];

const signals = ["SIGKILL", "SIGINT", "SIGTERM"] as const;

const interruptions: readonly Case[] = [
  {
    name: "an update that is killed at each boundary of a flip leaves the old or the new traffic, and the next one ends it",
    run: async (world) => {
      let boundary = 1;
      const next = () => signals[(boundary + world.round) % signals.length] ?? "SIGKILL";
      while (await world.interrupted(boundary, (stop) => stop(next()))) boundary += 1;
      // The main route, the canary route and the Service for callers inside begin and end in every flip.
      assert.ok(boundary > 6, `there were only ${boundary - 1} boundaries`);
    },
  },
  ...["kube-apiserver", "kubelet", "traefik"].map((part) => ({
    name: `a flip during which the ${part} is killed leaves the old or the new traffic, and the next update ends it`,
    run: async (world: World) => {
      assert.ok(await world.interrupted(1, () => world.outage(part)));
    },
  })),
  {
    name: "two updates at once are one: the second is told that the stack is locked",
    run: async (world) => {
      world.stack.declare({ activeColor: "green" });
      const first = world.stack.startUp();
      await first.boundary(1);
      const second = world.stack.up();
      await first.ended;
      // The first may have ended before the second looked: then that one found everything done.
      if (!second.ok) assert.match(second.out, /the stack is currently locked/);
      world.move({ activeColor: "green" }, greenServes);
      world.home();
    },
  },
];

/** Every case, in an order in which each stands on what the one before left. */
export const cases: readonly Case[] = [...goodDays, ...refusals, ...hands, ...interruptions];
