import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { guardsOf } from "../../components/guards";
import { type LiveRouter } from "../../components/live/router";
import { type Live, type LiveService } from "../../components/model/live";
import { Release, releaseArgs } from "../../components/release";
import { afterArrival } from "../../components/routers/routed";
import { FakeCluster, slice } from "../support/cluster";
import { toldWhile } from "../support/console";
import { registeredBy, waitsFor } from "../support/mocks";
import { goodConfig, settingsOf } from "./fixtures";

const environments = {
  blue: { ready: 2, replicas: 2, image: "registry/shop:1" },
  green: { ready: 1, replicas: 2, image: "registry/shop:2" },
};
const resting: LiveService = {
  name: "shop",
  route: { active: "blue", canary: { color: "green", weight: 0 } },
  environments,
};
const live = (change: Partial<LiveService> = {}): Live => ({ known: true, services: [{ ...resting, ...change }] });
const flip = {
  ...goodConfig,
  activeColor: "green",
  gate: { timeout: "0", job: { image: "registry/smoke:1" }, force: false },
};
const short = [slice("shop-blue", 2), slice("shop-green", 1)];

/** Runs `act` with the guards of an update, inside a program. */
async function guarded(
  config: Record<string, unknown>,
  now: Live,
  act: (guards: ReturnType<typeof guardsOf>) => Promise<void>,
  router: Pick<LiveRouter, "arrived"> = {},
): Promise<FakeCluster> {
  const complete = { status: { conditions: [{ type: "Complete", status: "True" }] } };
  const cluster = new FakeCluster({ endpointSlices: short, job: complete });
  let done: Promise<void> = Promise.reject(new Error("it was not run"));
  done.catch(() => undefined);
  await registeredBy(() => {
    const args = {
      settings: settingsOf(config),
      cluster: Promise.resolve(cluster),
      readLive: () => Promise.resolve(now),
      router,
    };
    done = act(guardsOf(args));
    done.catch(() => undefined);
  });
  await done;
  return cluster;
}

const ask = async ({ gate }: ReturnType<typeof guardsOf>): Promise<void> => {
  await gate.callback({ urn: "", id: "", name: "", type: "" });
};

describe("the gates of an update", () => {
  it("refuse every object that moves traffic, and are asked once for all of them", async () => {
    const cluster = await guarded(flip, live(), async (guards) => {
      for (let object = 0; object < 3; object += 1) {
        await assert.rejects(ask(guards), /the capacity gate did not hold within 0s/);
      }
    });
    assert.deepEqual(cluster.created, []);
  });

  it("are asked in their order: a Job is run when there are endpoints enough, and only then", async () => {
    const now = live({ environments: { blue: { ...environments.blue, ready: 1 }, green: environments.green } });
    const cluster = await guarded(flip, now, async (guards) => {
      await ask(guards);
    });
    assert.equal(cluster.created.length, 1);
  });
});

describe("a router that takes over from another", () => {
  const hook = { urn: "", id: "", name: "", type: "" };
  const by = (router?: string) => ({
    metadata: { annotations: router === undefined ? {} : { "cyan.dev/router": router } },
  });
  const waited = async (from: string | undefined, to: string | undefined) => {
    const began = performance.now();
    const update = (): Promise<unknown> =>
      guarded({ ...goodConfig, drain: "1s" }, live(), async ({ handover }) => {
        const inputs = { oldInputs: by(from), newInputs: by(to) };
        await Promise.all([handover.callback({ ...hook, ...inputs }), handover.callback({ ...hook, ...inputs })]);
      });
    return { told: await toldWhile(update), took: performance.now() - began };
  };

  it("has the drain's time to do so, once for all services, before the former one's routes go", async () => {
    const { told, took } = await waited("ingress-nginx", "traefik");
    assert.ok(took >= 990 && took < 1_900, `it took ${took} ms`);
    assert.deepEqual(told, ["info: [runtime] the router traefik takes over: 1 s until the routes of ingress-nginx go"]);
  });

  it("has none where no router takes over", async () => {
    for (const [from, to] of [
      ["traefik", "traefik"],
      [undefined, "traefik"],
      [undefined, undefined],
    ] as const) {
      const { told, took } = await waited(from, to);
      assert.ok(took < 900, `it took ${took} ms`);
      assert.deepEqual(told, []);
    }
  });
});

describe("what a controller brings about", () => {
  const arrive = async ({ arrival }: ReturnType<typeof guardsOf>): Promise<void> => {
    await arrival.callback({ urn: "", id: "", name: "", type: "" });
  };

  it("is waited for once for all objects that say so, and holds them back when it does not come about", async () => {
    const asked: unknown[] = [];
    const arrived: LiveRouter["arrived"] = (_, services, traffic, timeout) => {
      asked.push([services, traffic, timeout]);
      return Promise.reject(new Error("shop: the rollout was aborted"));
    };
    const act = async (guards: ReturnType<typeof guardsOf>): Promise<void> => {
      for (let object = 0; object < 2; object += 1)
        await assert.rejects(arrive(guards), /shop: the rollout was aborted/);
    };
    await guarded({ ...flip, readyTimeout: "20s" }, live(), act, { arrived });
    assert.deepEqual(asked, [[["shop"], { activeColor: "green", canaryWeight: 0 }, { seconds: 20 }]]);
  });

  it("is nothing where a router's own objects lead the requests", async () => {
    await guarded(flip, live(), arrive);
  });

  it("comes before every other hook of an object that is held back", () => {
    const hook = (name: string) => new pulumi.ResourceHook(name, () => undefined);
    const [arrival, gate, handover] = [hook("arrival"), hook("gate"), hook("handover")];
    const opts = { hooks: { beforeCreate: [gate], beforeUpdate: [gate, handover] } };
    const hooks = { beforeCreate: [arrival, gate], beforeUpdate: [arrival, gate, handover] };
    assert.deepEqual(afterArrival(opts, { arrival }), { hooks });
    assert.equal(afterArrival(opts, {}), opts);
  });
});

describe("a move by force", () => {
  const forced = { ...flip, gate: { ...flip.gate, force: "true" } };
  const lacks =
    "capacity: shop green: 1 of 2 ready endpoints for 100 % of the requests; capacity: it has no pods; job: was not run";

  const warning = (what: string, lines: readonly string[] = []): string =>
    [
      `warning: [runtime] gate.force is set: ${what}`,
      ...lines,
      "have them asked again with: pulumi config rm --path gate.force",
    ].join("\n  ");

  it("asks every gate all the same, waits for none, runs nothing, and warns once of what does not hold", async () => {
    const told = await toldWhile(async () => {
      const cluster = await guarded(forced, live(), async (guards) => {
        await ask(guards);
        assert.equal(await guards.forced?.(), lacks);
      });
      assert.deepEqual(cluster.created, []);
    });
    assert.deepEqual(told, [warning("traffic moves although these gates do not hold", lacks.split("; "))]);
  });

  it("is none without gate.force", async () => {
    await guarded(flip, live(), async ({ forced: record }) => {
      assert.equal(record, undefined);
      await Promise.resolve();
    });
  });

  it("leaves the record of the one before when it moves nothing", async () => {
    const there = { ...resting.route, active: "green" as const, canary: { color: "blue" as const, weight: 0 } };
    const update = (): Promise<unknown> =>
      guarded(forced, live({ route: there, forced: "capacity: too few" }), async (guards) => {
        assert.equal(await guards.forced?.(), "capacity: too few");
      });
    assert.deepEqual(await toldWhile(update), [warning("every gate holds")]);
  });

  const annotated = async (what: string | undefined): Promise<readonly string[]> => {
    let asked = false;
    const registered = await registeredBy(() => {
      const hook = new pulumi.ResourceHook("none", () => undefined);
      const record = () => {
        asked = true;
        return Promise.resolve(what);
      };
      const guards = { gate: hook, arrival: hook, handover: hook, drain: hook, forced: record };
      return new Release("r", releaseArgs(settingsOf({ ...goodConfig, activeColor: "green" })), { guards });
    });
    assert.ok(asked);
    assert.ok(waitsFor(registered, "r-shop", "r-green-shop"));
    return [...registered.values()]
      .filter(({ inputs }) => {
        const metadata = (inputs as { metadata?: { annotations?: Record<string, string> } } | undefined)?.metadata;
        return metadata?.annotations?.["cyan.dev/forced"] === "what does not hold";
      })
      .map(({ name }) => name)
      .toSorted();
  };

  it("is recorded on every object that moves traffic, and on no other", async () => {
    assert.deepEqual(await annotated("what does not hold"), ["r-shop", "r-shop-active", "r-shop-canary"]);
    assert.deepEqual(await annotated(undefined), []);
  });
});
