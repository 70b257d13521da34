import assert from "node:assert/strict";
import { type Live } from "../../components/model/live";
import { activeImage } from "../../policies/rules/active-image";
import { canaryBeforeFlip } from "../../policies/rules/canary-before-flip";
import { freezeWindowAt } from "../../policies/rules/freeze-window";
import { gateForce } from "../../policies/rules/gate-force";
import { idleCapacity } from "../../policies/rules/idle-capacity";
import { knownTraffic } from "../../policies/rules/known-traffic";
import { oneColorImage } from "../../policies/rules/one-color-image";
import { type Rule } from "../../policies/rules/rule";
import { soakTimeAt } from "../../policies/rules/soak-time";
import { weightLimit } from "../../policies/rules/weight-limit";
import { weightStep } from "../../policies/rules/weight-step";
import { changed, type Circumstances, violations } from "../support/policy";
import { config, images, liveAt, release } from "./fixtures";

const clock = (time: string) => () => new Date(time);
const soakTime = soakTimeAt(clock("2026-03-01T10:05:00Z"));
const friday = clock("2026-03-06T16:30:00Z");
const weekend = { start: "0 16 * * FRI", duration: "64h", timeZone: "Europe/Berlin", reason: "weekend" };

const none: Live = { known: true, services: [] };
const lost: Live = { known: false, why: "connect ECONNREFUSED" };
const environments = {
  blue: { ready: 2, replicas: 2, image: images.one },
  green: { ready: 2, replicas: 2, image: images.two },
};
const green = liveAt(0, {
  route: { active: "green", canary: { color: "blue", weight: 0 }, movedAt: new Date("2026-03-01T10:00:00Z") },
  environments: { ...environments, blue: { ...environments.blue, served: images.one } },
});
const having = (color: "blue" | "green", change: object): Live =>
  liveAt(0, { environments: { ...environments, [color]: { ...environments[color], ...change } } });
const unready = liveAt(0, {
  route: { active: "green", canary: { color: "blue", weight: 0 } },
  environments: { ...environments, blue: { ...environments.blue, ready: 0, served: images.one } },
});
const elsewhere = liveAt(0, { route: { canary: { color: "green", weight: 0 } } });
const resumed = liveAt(0, {
  route: {
    active: "blue",
    canary: { color: "green", weight: 5 },
    recorded: { activeColor: "blue", canaryWeight: 20 },
    movedAt: new Date("2026-03-01T10:04:00Z"),
  },
});
const both = { shop: { ...config.services.shop, blue: { image: images.three }, green: { image: images.three } } };
const idle = { shop: { ...config.services.shop, green: { image: images.three } } };
const active = { shop: { ...config.services.shop, blue: { image: images.three } } };
const small = { shop: { ...config.services.shop, green: { image: images.two, replicas: 1 } } };
const inside = { shop: { ...config.services.shop, ingress: false } };
const flip = { activeColor: "green" };

type Case = [
  rule: Rule,
  what: string,
  change: Record<string, unknown>,
  live: Live,
  messages: readonly string[],
  circumstances?: Circumstances,
];

const cases: Case[] = [
  [
    weightLimit,
    "a weight over the limit",
    { canaryWeight: 60 },
    liveAt(40),
    ["canaryWeight is 60, over the limit of 50; set at most that, or flip to the canary"],
  ],
  [
    weightLimit,
    "a weight under a limit of one's own",
    { canaryWeight: 60 },
    liveAt(40),
    [],
    { config: { maxWeight: 60 } },
  ],
  [weightLimit, "a weight over the limit that goes down", { canaryWeight: 60 }, liveAt(80), []],

  [
    weightStep,
    "a step that is too large",
    { canaryWeight: 50 },
    liveAt(10),
    ["shop: canaryWeight rises from 10 to 50, a step of 40; at most 30 is allowed, so set 40 first"],
  ],
  [weightStep, "a step of the largest size", { canaryWeight: 40 }, liveAt(10), []],
  [
    weightStep,
    "a step that a config of one's own forbids",
    { canaryWeight: 20 },
    liveAt(10),
    ["shop: canaryWeight rises from 10 to 20, a step of 10; at most 5 is allowed, so set 15 first"],
    { config: { maxStep: 5 } },
  ],
  [
    weightStep,
    "a weight on the first deploy",
    { canaryWeight: 50 },
    none,
    ["shop: canaryWeight rises from 0 to 50, a step of 50; at most 30 is allowed, so set 30 first"],
  ],
  [weightStep, "any step down", { canaryWeight: 0 }, liveAt(90), []],
  [weightStep, "a flip, which is another rule's", flip, liveAt(50), []],

  [
    canaryBeforeFlip,
    "a flip without a canary",
    flip,
    liveAt(0),
    [
      "shop: green becomes active after it held 0 %; it has to hold 50 % first: keep activeColor blue and set canaryWeight",
    ],
  ],
  [
    canaryBeforeFlip,
    "a flip after too little",
    flip,
    liveAt(20),
    [
      "shop: green becomes active after it held 20 %; it has to hold 50 % first: keep activeColor blue and set canaryWeight",
    ],
  ],
  [canaryBeforeFlip, "a flip after enough", flip, liveAt(50), []],
  [
    canaryBeforeFlip,
    "a flip after enough by a config of one's own",
    flip,
    liveAt(20),
    [],
    { config: { minCanaryBeforeFlip: 20 } },
  ],
  [
    canaryBeforeFlip,
    "a flip after a canary without a ready pod, which got nothing",
    flip,
    liveAt(50, { environments: { ...environments, green: { ...environments.green, ready: 0 } } }),
    [
      "shop: green becomes active after it held 0 %; it has to hold 50 % first: keep activeColor blue and set canaryWeight",
    ],
  ],
  [canaryBeforeFlip, "a flip back to what was left", {}, green, []],
  [
    canaryBeforeFlip,
    "a flip back to another image than was left",
    { services: active },
    green,
    [
      "shop: blue becomes active after it held 0 %; it has to hold 50 % first: keep activeColor green and set canaryWeight",
    ],
  ],
  [
    canaryBeforeFlip,
    "a flip of a service without a route, which has no canary",
    { ...flip, services: inside },
    liveAt(0),
    [],
  ],
  [canaryBeforeFlip, "the first deploy", flip, none, []],

  [
    idleCapacity,
    "a share for a color that is declared too small",
    { canaryWeight: 20, services: small, gate: { minReady: 1 } },
    having("blue", { ready: 10 }),
    ["shop green: its share needs 2 ready pods, and it is declared with 1; raise its replicas"],
  ],
  [
    idleCapacity,
    "a share for a color whose pods are not ready",
    { canaryWeight: 20 },
    having("green", { ready: 0 }),
    ["shop green: its share needs 1 ready pods, and 0 of 2 are ready; mend them first"],
  ],
  [
    idleCapacity,
    "a share for a color that this update grows",
    { canaryWeight: 20 },
    having("green", { ready: 0, replicas: 0 }),
    [],
  ],
  [
    idleCapacity,
    "a share for a color that this update gives another image",
    { canaryWeight: 20, services: idle },
    having("green", { ready: 0 }),
    [],
  ],
  [idleCapacity, "a rollback to a color that serves", { canaryWeight: 0 }, liveAt(50), []],
  [idleCapacity, "a flip back to pods that are not ready, which is the gate's to judge", {}, unready, []],
  [
    idleCapacity,
    "a gate that is forced, which is another rule's",
    { canaryWeight: 20, gate: { force: true } },
    having("green", { ready: 0 }),
    [],
  ],

  [
    gateForce,
    "a gate that is forced",
    { gate: { force: true } },
    liveAt(0),
    ["gate.force is true; remove it, and mend what the gate names"],
  ],

  [
    soakTime,
    "a move too soon after the last",
    { canaryWeight: 20 },
    liveAt(10),
    [
      "traffic was last moved at 2026-03-01T10:00:00.000Z and has to stay for 10m; move it after 2026-03-01T10:10:00.000Z",
    ],
  ],
  [soakTime, "a move after a soak of one's own", { canaryWeight: 20 }, liveAt(10), [], { config: { minSoak: "5m" } }],
  [soakTime, "a rollback at once", { canaryWeight: 0 }, liveAt(10), []],
  [soakTime, "a new image, which moves nothing", { services: idle }, liveAt(0), []],
  [soakTime, "an update that ends what another began", { canaryWeight: 20 }, resumed, []],
  [soakTime, "the first deploy", {}, none, []],

  [
    freezeWindowAt(friday),
    "a release in a freeze window",
    { canaryWeight: 20 },
    liveAt(0),
    [
      "a freeze window (weekend) is on until 2026-03-09T07:00:00.000Z; release after it, or set the stack's tag cyan:freeze-exempt to true",
    ],
    { config: { windows: [weekend] } },
  ],
  [
    freezeWindowAt(friday),
    "a new image in a freeze window",
    { services: idle },
    liveAt(0),
    [
      "a freeze window is on until 2026-03-09T07:00:00.000Z; release after it, or set the stack's tag cyan:freeze-exempt to true",
    ],
    { config: { windows: [{ ...weekend, reason: undefined }] } },
  ],
  [
    freezeWindowAt(clock("2026-03-06T14:59:59Z")),
    "a release before a window",
    { canaryWeight: 20 },
    liveAt(0),
    [],
    {
      config: { windows: [weekend] },
    },
  ],
  [
    freezeWindowAt(clock("2026-03-09T07:00:01Z")),
    "a release after a window",
    { canaryWeight: 20 },
    liveAt(0),
    [],
    {
      config: { windows: [weekend] },
    },
  ],
  [
    freezeWindowAt(friday),
    "a rollback in a freeze window",
    { canaryWeight: 0 },
    liveAt(20),
    [],
    { config: { windows: [weekend] } },
  ],
  [
    freezeWindowAt(friday),
    "a stack that is exempt",
    { canaryWeight: 20 },
    liveAt(0),
    [],
    {
      config: { windows: [weekend] },
      stackTags: { "cyan:freeze-exempt": "true" },
    },
  ],
  [
    freezeWindowAt(friday),
    "a stack whose tag is no exemption",
    { canaryWeight: 20 },
    liveAt(0),
    [
      "a freeze window (weekend) is on until 2026-03-09T07:00:00.000Z; release after it, or set the stack's tag urgent to true",
    ],
    { config: { windows: [weekend], exemptTag: "urgent" }, stackTags: { urgent: "no", "cyan:freeze-exempt": "true" } },
  ],
  [
    freezeWindowAt(friday),
    "a stack that is at rest in a freeze window",
    {},
    liveAt(0),
    [],
    { config: { windows: [weekend] } },
  ],

  [
    activeImage,
    "a new image of the active color",
    { services: active, allowActiveChange: true },
    liveAt(0),
    [`shop: blue serves ${images.one}, and would be changed to ${images.three}; give that to green`],
  ],
  [
    activeImage,
    "a flip to a color that gets another image",
    { ...flip, services: idle },
    liveAt(50),
    [`shop: green runs ${images.two}, and would become active with ${images.three}; change the image first, then flip`],
  ],
  [activeImage, "a new image of the idle color", { services: idle }, liveAt(0), []],

  [
    oneColorImage,
    "new images of both colors",
    { services: both },
    liveAt(0),
    ["shop: blue and green both get another image; change that of one color, and the other's when it is idle"],
  ],
  [oneColorImage, "a new image of one color", { services: idle }, liveAt(0), []],

  [
    knownTraffic,
    "a cluster that does not answer",
    {},
    lost,
    ["live traffic could not be read: connect ECONNREFUSED; give the preview access to the cluster"],
  ],
  [
    knownTraffic,
    "a route that leads to neither color",
    {},
    elsewhere,
    ["shop: its route leads to neither color, so what moves is not known; lead it back to one by hand"],
  ],
  [knownTraffic, "the first deploy", {}, none, []],
];

describe("a rule on transitions", () => {
  for (const [rule, what, change, live, messages, circumstances] of cases) {
    it(`${rule.name} ${messages.length > 0 ? "refuses" : "accepts"} ${what}`, () => {
      assert.deepEqual(violations(rule, [release(change, live)], circumstances), messages);
    });
  }

  it("weight-limit refuses a weight that is none, whoever declared it", () => {
    const compliant = release();
    for (const weight of [-1, 101, 2.5]) {
      const broken = { ...compliant, props: changed(compliant.props, "traffic.canaryWeight", weight) };
      assert.deepEqual(violations(weightLimit, [broken]), [`canaryWeight is ${weight}; set an integer from 0 to 100`]);
    }
  });

  it("freeze-window refuses a window that cannot be read, and says what would be right", () => {
    for (const window of [
      { ...weekend, start: "on Fridays" },
      { ...weekend, timeZone: "Europe/Atlantis" },
    ]) {
      const [message = "", ...more] = violations(freezeWindowAt(friday), [release({ canaryWeight: 20 })], {
        config: { windows: [window] },
      });
      assert.match(message, /cannot be read .*; write start as cron and timeZone as the IANA database names it$/);
      assert.deepEqual(more, []);
    }
  });

  it("judges no transition at rest, though the release keeps the record of the last one", () => {
    const last = release(flip, liveAt(0));
    assert.equal(violations(canaryBeforeFlip, [last]).length, 1);
    assert.deepEqual(violations(canaryBeforeFlip, [{ ...last, ignoreChanges: ["transition"] }]), []);
  });
});
