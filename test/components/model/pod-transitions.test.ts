import assert from "node:assert/strict";
import fc from "fast-check";
import { scaleIn } from "../../../components/model/capacity";
import { type Color, colors } from "../../../components/model/color";
import { declaredIn, type LiveService, liveShares } from "../../../components/model/live";
import { type Settings } from "../../../components/model/settings";
import { movesTraffic, planTransition, type Step } from "../../../components/model/transition";
import { goodConfig, settingsOf } from "../fixtures";
import { type Chance, counted, run, type State } from "./simulation";

const { shop } = goodConfig.services;
const color = fc.constantFrom<Color>("blue", "green");
const traffic = fc.record({ activeColor: color, canaryWeight: fc.integer({ min: 0, max: 100 }) });

const anyDeclared = fc
  .record({ traffic, blue: fc.integer({ min: 1, max: 8 }), green: fc.integer({ min: 1, max: 8 }) })
  .map(({ traffic: declared, blue, green }): Settings => {
    const services = {
      shop: { ...shop, blue: { ...shop.blue, replicas: blue }, green: { ...shop.green, replicas: green } },
    };
    return settingsOf({ router: "replicas", ...declared, services });
  });

/** Whatever a service can be found as: by this router, left by one that selects one color, half done, or with dead pods. */
const anyStart = fc
  .record({
    recorded: traffic,
    selected: fc.option(color, { nil: undefined }),
    blue: fc.record({ ready: fc.nat(8), missing: fc.nat(2) }),
    green: fc.record({ ready: fc.nat(8), missing: fc.nat(2) }),
  })
  .map(({ recorded, selected, blue, green }): State => {
    const environment = (name: Color, { ready, missing }: typeof blue) => {
      return { ready, replicas: ready + missing, image: shop[name].image };
    };
    const environments = { blue: environment("blue", blue), green: environment("green", green) };
    const route = { active: selected ?? recorded.activeColor, recorded };
    return [counted({ name: "shop", route, ...(selected && { inside: selected }), environments }, false)];
  });

const steady = (stage: readonly Step[]): readonly Step[] => stage;
const anyChance = fc.subarray(["blue", "green"]).map((dead): Chance => ({
  shuffled: steady,
  grows: (_, each) => !dead.includes(each),
}));
const allGrow: Chance = { shuffled: steady, grows: () => true };

const only = ([service]: State): LiveService => service ?? assert.fail();

/** Ready pods that get requests. */
function serving(state: State): number {
  const service = only(state);
  const shares = liveShares(service);
  return colors.filter((each) => shares[each] > 0).reduce((sum, each) => sum + service.environments[each].ready, 0);
}

function declaredPods(declared: Settings): number {
  const service = declared.services[0] ?? assert.fail();
  return colors.reduce((sum, each) => sum + scaleIn(service, each, declared).replicas, 0);
}

describe("any transition by pods", () => {
  it("never leaves fewer pods that serve than served before or are declared, whatever does not become ready", () => {
    fc.assert(
      fc.property(anyStart, anyDeclared, anyChance, (start, declared, chance) => {
        const least = Math.min(serving(start), declaredPods(declared));
        for (const state of run(start, declared, chance).states) assert.ok(serving(state) >= least);
      }),
      { numRuns: 2000 },
    );
  });

  it("takes no pod away where the gate does not hold", () => {
    fc.assert(
      fc.property(anyStart, anyDeclared, anyChance, (start, declared, chance) => {
        const { states, refused } = run(start, declared, chance);
        if (!refused) return;
        const before = only(start);
        const after = only(states.at(-1) ?? start);
        for (const each of colors.filter((one) => liveShares(before)[one] > 0)) {
          assert.ok(after.environments[each].replicas >= before.environments[each].replicas);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives no request at any time to a color that gets none and is to get none, however many pods it had", () => {
    fc.assert(
      fc.property(anyStart, anyDeclared, (start, declared) => {
        const service = declared.services[0] ?? assert.fail();
        const { states, refused } = run(start, declared, allGrow);
        if (refused || serving(start) === 0) return;
        const none = colors.filter((each) => declaredIn(service, declared)[each] === 0);
        for (const each of none.filter((one) => liveShares(only(start))[one] === 0)) {
          for (const state of states) assert.equal(liveShares(only(state))[each], 0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("ends at the declared ratio, interrupted after any write and resumed, and finds nothing left to do", () => {
    const cuts = fc.array(fc.nat(8), { maxLength: 3 });
    fc.assert(
      fc.property(anyStart, anyDeclared, cuts, (start, declared, interruptions) => {
        const whole = run(start, declared, allGrow);
        if (whole.refused) return;
        let state: State = start;
        for (const cut of interruptions) {
          const { states } = run(state, declared, allGrow);
          state = states[Math.min(cut, states.length - 1)] ?? state;
        }
        const resumed = run(state, declared, allGrow);
        assert.equal(resumed.refused, false);
        const end = resumed.states.at(-1) ?? state;
        assert.deepEqual(end, whole.states.at(-1));
        assert.deepEqual(liveShares(only(end)), declaredIn(declared.services[0] ?? assert.fail(), declared));
        const again = planTransition({ known: true, services: end }, declared);
        assert.equal(movesTraffic(again), false);
        assert.deepEqual([again.needs, again.drift], [[], []]);
      }),
      { numRuns: 1000 },
    );
  });

  it("brings a run that was interrupted to its end where no ready pod is taken away, though one that is asked for is missing", () => {
    const services = { shop: { ...shop, blue: { ...shop.blue, replicas: 1 }, green: { ...shop.green, replicas: 7 } } };
    const declared = settingsOf({ router: "replicas", activeColor: "blue", canaryWeight: 49, services });
    const environments = {
      blue: { ready: 4, replicas: 4, image: shop.blue.image },
      green: { ready: 3, replicas: 5, image: shop.green.image },
    };
    const resumed = (ready: number) => {
      const route = { active: "blue" as const, recorded: declared.traffic };
      const started = { ...environments, blue: { ...environments.blue, ready, replicas: ready } };
      return planTransition(
        { known: true, services: [counted({ name: "shop", route, environments: started }, false)] },
        declared,
      );
    };
    assert.deepEqual(resumed(4).needs, []);
    assert.deepEqual(
      resumed(5).needs.map(({ color, ready, needed }) => ({ color, ready, needed })),
      [
        { color: "blue", ready: 5, needed: 4 },
        { color: "green", ready: 3, needed: 4 },
      ],
    );
  });

  it("moves nothing, and asks for nothing, while a pod of what is declared is not ready", () => {
    fc.assert(
      fc.property(anyDeclared, fc.nat(3), (declared, missing) => {
        const service = declared.services[0] ?? assert.fail();
        const { activeColor } = declared.traffic;
        const environment = (each: Color) => {
          const { replicas } = scaleIn(service, each, declared);
          return { ready: Math.max(0, replicas - missing), replicas, image: shop[each].image };
        };
        const environments = { blue: environment("blue"), green: environment("green") };
        const route = { active: activeColor, recorded: declared.traffic };
        const services = [counted({ name: "shop", route, environments }, false)];
        const transition = planTransition({ known: true, services }, declared);
        assert.equal(movesTraffic(transition), false);
        assert.deepEqual([transition.needs, transition.drift], [[], []]);
      }),
    );
  });
});
