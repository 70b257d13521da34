import assert from "node:assert/strict";
import fc from "fast-check";
import { scaleOf } from "../../../components/model/capacity";
import { type Color, colors, otherColor } from "../../../components/model/color";
import { type LiveService, liveShares, servingNow } from "../../../components/model/live";
import { type Settings } from "../../../components/model/settings";
import { movesTraffic, planTransition, type Step } from "../../../components/model/transition";
import { goodConfig, settingsOf } from "../fixtures";
import { type Chance, run, starving, type State, trafficIn } from "./simulation";

const color = fc.constantFrom<Color>("blue", "green");
const weight = fc.oneof(fc.constantFrom(0, 1, 50, 99, 100), fc.integer({ min: 0, max: 100 }));
const traffic = fc.record({ activeColor: color, canaryWeight: weight });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** One color of a service in the config: a number of replicas, or an autoscaler. */
const anySize = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((replicas) => ({ replicas })),
  fc
    .record({ minReplicas: fc.integer({ min: 1, max: 4 }), more: fc.nat(4) })
    .map(({ minReplicas, more }) => ({ autoscaling: { minReplicas, maxReplicas: minReplicas + more } })),
);

const names = ["shop", "cart", "api"] as const;
const anyDeclared = fc
  .record({
    traffic,
    standby: fc.constantFrom<"all" | number>("all", 0, 1),
    minReady: fc.integer({ min: 1, max: 3 }),
    services: fc.array(fc.record({ blue: anySize, green: anySize, routed: fc.boolean() }), {
      minLength: 1,
      maxLength: names.length,
    }),
  })
  .map(({ traffic: declared, standby, minReady, services }): Settings => {
    const { shop } = goodConfig.services;
    const entries = services.map(({ blue, green, routed }, index) => {
      const name = names[index] ?? "shop";
      const ingress = routed ? { path: `/${name}` } : false;
      return [name, { ...shop, ingress, blue: { ...shop.blue, ...blue }, green: { ...shop.green, ...green } }] as const;
    });
    const smallest = services.flatMap(({ blue, green }) => [blue, green].map(sizeOf));
    const gate = { minReady: Math.min(minReady, ...smallest) };
    return settingsOf({ ...goodConfig, ...declared, standby, gate, services: Object.fromEntries(entries) });
  });

function sizeOf(size: { replicas: number } | { autoscaling: { minReplicas: number } }): number {
  return "replicas" in size ? size.replicas : size.autoscaling.minReplicas;
}

/** Some have served with the image that they have, which makes a flip to them a rollback. */
const anyEnvironment = (image: string) =>
  fc.record({ ready: fc.nat(6), missing: fc.nat(2), returns: fc.boolean() }).map(({ ready, missing, returns }) => {
    return { ready, replicas: ready + missing, image, ...(returns && { served: image }) };
  });

/** Whatever a service can be found as: never deployed, edited by hand, half done, or dead. */
const anyService = (name: string, routed: boolean, declared: Settings): fc.Arbitrary<LiveService> =>
  fc
    .record({
      route: maybe(
        fc.record(
          {
            active: color,
            canary: fc.record({ color, weight }, { requiredKeys: ["weight"] }),
            recorded: fc.oneof(traffic, fc.constant(declared.traffic)),
          },
          { requiredKeys: [] },
        ),
      ),
      inside: maybe(color),
      blue: anyEnvironment(goodConfig.services.shop.blue.image),
      green: anyEnvironment(goodConfig.services.shop.green.image),
    })
    .map(({ route, inside, blue, green }) => ({
      name,
      ...(routed && route && { route }),
      ...(inside && { inside }),
      environments: { blue, green },
    }));

const anyCase = anyDeclared.chain((declared) =>
  fc.record({
    declared: fc.constant(declared),
    start: fc.tuple(...declared.services.map(({ name, route }) => anyService(name, route !== undefined, declared))),
  }),
);

/** An order of each stage that one number stands for, so that a run can be repeated. */
const anyOrder = fc.nat().map((seed) => (stage: readonly Step[]): readonly Step[] => {
  const key = (index: number): number => Math.imul(seed + index * 40_503, 2_654_435_761) >>> 0;
  const keyed = stage.map((step, index) => ({ step, key: key(index) }));
  return keyed.toSorted((one, two) => one.key - two.key).map(({ step }) => step);
});
/** Pods become ready, except those of some colors. */
const anyChance = fc
  .record({ shuffled: anyOrder, dead: fc.subarray(names.flatMap((name) => colors.map((each) => `${name} ${each}`))) })
  .map(({ shuffled, dead }): Chance => ({ shuffled, grows: (service, each) => !dead.includes(`${service} ${each}`) }));
const allGrow = anyOrder.map((shuffled): Chance => ({ shuffled, grows: () => true }));

const serviceIn = (state: State, name: string): LiveService =>
  state.find((service) => service.name === name) ?? assert.fail(name);

/**
 * What a color has to have for a share that is larger than it was: its part of what served when the gate was asked. An
 * autoscaler does not grow its color before it has requests, so that it can only be asked for its fewest pods; nor can more
 * than its own size be asked of one that has served with that before.
 */
function required(gate: LiveService, share: number, each: Color, declared: Settings): number {
  const workload = declared.services.find(({ name }) => name === gate.name)?.workloads[each] ?? assert.fail(gate.name);
  const bounded = workload.autoscaling !== undefined || gate.environments[each].served !== undefined;
  const most = bounded ? scaleOf(workload, true, declared.standby).replicas : Infinity;
  return Math.min(most, Math.ceil((share * servingNow(gate)) / 100));
}

/** The shares that the routes give, as if both colors could take them: a canary gets its own with its first endpoint. */
function given(service: LiveService) {
  const { blue, green } = service.environments;
  return liveShares({ ...service, environments: { blue: { ...blue, ready: 1 }, green: { ...green, ready: 1 } } });
}

describe("any transition", () => {
  it("leaves nobody without an answer, after any of its writes, who had one before, whatever does not become ready", () => {
    fc.assert(
      fc.property(anyCase, anyChance, ({ start, declared }, chance) => {
        const before = new Set(starving(start));
        for (const state of run(start, declared, chance).states) {
          assert.deepEqual(
            starving(state).filter((who) => !before.has(who)),
            [],
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives no color more requests than it has endpoints for, after any of its writes", () => {
    fc.assert(
      fc.property(anyCase, anyChance, ({ start, declared }, chance) => {
        const { states, gate } = run(start, declared, chance);
        for (const state of states) {
          for (const { name, environments, ...service } of state) {
            const [now, before] = [liveShares({ name, environments, ...service }), serviceIn(start, name)];
            // Who resumes a run whose gate held, or comes back to a color that serves, is asked for less.
            const { activeColor, canaryWeight } = declared.traffic;
            const { recorded, active } = before.route ?? {};
            if (recorded?.activeColor === activeColor && recorded.canaryWeight === canaryWeight) continue;
            for (const each of colors.filter((one) => now[one] > given(before)[one])) {
              if (each === active && liveShares(before)[each] > 0) continue;
              const least = Math.max(
                declared.gate.minReady,
                required(serviceIn(gate, name), now[each], each, declared),
              );
              assert.ok(environments[each].ready >= least, `${name} ${each} has ${now[each]} % and too few endpoints`);
            }
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("takes from a color that has requests none of the endpoints that are declared for it", () => {
    fc.assert(
      fc.property(anyCase, anyChance, ({ start, declared }, chance) => {
        for (const state of run(start, declared, chance).states) {
          for (const service of state) {
            const { workloads } = declared.services.find(({ name }) => name === service.name) ?? assert.fail();
            for (const each of colors.filter((one) => liveShares(service)[one] > 0)) {
              const full = scaleOf(workloads[each], true, declared.standby).replicas;
              const had = serviceIn(start, service.name).environments[each].ready;
              assert.ok(service.environments[each].ready >= Math.min(had, full));
            }
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it("moves the routes of all services, or of none", () => {
    fc.assert(
      fc.property(anyCase, anyChance, ({ start, declared }, chance) => {
        const { states, refused } = run(start, declared, chance);
        const end = states.at(-1) ?? start;
        if (refused) {
          const routes = (state: State) => state.map(({ name, route, inside }) => ({ name, route, inside }));
          assert.deepEqual(routes(end), routes(start));
          return;
        }
        const { activeColor, canaryWeight } = declared.traffic;
        for (const { name, route } of declared.services) {
          const service = serviceIn(end, name);
          assert.equal(service.inside, activeColor);
          if (route === undefined) continue;
          assert.equal(service.route?.active, activeColor);
          assert.deepEqual(service.route.canary, { color: otherColor(activeColor), weight: canaryWeight });
        }
      }),
      { numRuns: 400 },
    );
  });

  it("ends, interrupted after any of its writes and resumed, as often as it may be, where it ends in one run", () => {
    const cuts = fc.array(fc.nat(40), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyCase, allGrow, cuts, ({ start, declared }, chance, interruptions) => {
        const whole = run(start, declared, chance);
        let state: State = start;
        for (const cut of interruptions) {
          const { states } = run(state, declared, chance);
          state = states[Math.min(cut, states.length - 1)] ?? state;
        }
        const resumed = run(state, declared, chance);
        assert.equal(resumed.refused, whole.refused);
        assert.deepEqual(resumed.states.at(-1), whole.states.at(-1));
      }),
      { numRuns: 1000 },
    );
  });

  it("finds nothing left to move when it has ended", () => {
    fc.assert(
      fc.property(anyCase, allGrow, ({ start, declared }, chance) => {
        const { states, refused } = run(start, declared, chance);
        const end = states.at(-1) ?? start;
        if (refused) return;
        const again = planTransition({ known: true, services: end }, declared);
        assert.equal(movesTraffic(again), false);
        assert.deepEqual([again.needs, again.drift], [[], []]);
        assert.deepEqual(trafficIn(run(end, declared, chance).states.at(-1) ?? []), trafficIn(end));
      }),
      { numRuns: 400 },
    );
  });

  it("has the same steps whatever is live", () => {
    fc.assert(
      fc.property(anyCase, ({ start, declared }) => {
        const { steps } = planTransition({ known: true, services: start }, declared);
        assert.deepEqual(steps, planTransition({ known: false, why: "" }, declared).steps);
      }),
    );
  });
});
