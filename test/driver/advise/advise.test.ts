import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../../components/config/settings";
import { capabilities } from "../../../components/model/routers";
import { routerKinds } from "../../../components/model/settings";
import { advise, type Recommendation } from "../../../driver/advise/advise";
import { type Answers, answersSchema, choicesOf, type QuestionKey, questions } from "../../../driver/advise/answers";
import { stepsFor } from "../../../driver/advise/evidence";
import { additions, type Facts, strategies, strategyRules } from "../../../driver/advise/rules";
import { goodConfig } from "../../components/fixtures";

/** A service of many users, well measured, behind ingress-nginx: each test changes one answer. */
const usual: Answers = {
  requestsPerSecond: 100,
  risk: "medium",
  secondEnvironment: "always",
  monitoring: "basic",
  state: [],
  audience: "anyone",
  front: "ingress-nginx",
};
const adviseFor = (change: Partial<Answers> = {}) => advise({ ...usual, ...change });

const anyAnswers: fc.Arbitrary<Answers> = fc.record({
  requestsPerSecond: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
  ...Object.fromEntries(
    (Object.keys(questions) as QuestionKey[])
      .filter((key) => key !== "requestsPerSecond")
      .map((key) => {
        const choices = choicesOf(key);
        return [key, key === "state" ? fc.subarray(choices) : fc.constantFrom(...choices)];
      }),
  ),
}) as fc.Arbitrary<Answers>;

/** The config of a stack with one service, on a host where the router can lead one to it. */
function withValues({ router, config: values }: Recommendation): Record<string, unknown> {
  const config = structuredClone<Record<string, unknown>>(goodConfig);
  if (!capabilities[router].host) for (const key of ["ingress", "previewHost"]) Reflect.deleteProperty(config, key);
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const holder = keys.reduce<Record<string, unknown>>(
      (at, key) => (at[key] ??= {}) as Record<string, unknown>,
      config,
    );
    holder[last] = value;
  }
  return config;
}

describe("advice", () => {
  it("gives, for any answers, a config that the program takes without a problem, now and at each step", () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        assert.ok(answersSchema.safeParse(answers).success);
        const recommendation = advise(answers);
        for (const canaryWeight of [0, ...(recommendation.steps?.weights ?? [])]) {
          const parsed = parseSettings({ ...withValues(recommendation), canaryWeight });
          assert.deepEqual("problems" in parsed ? parsed.problems : [], []);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("names, for any answers, a router that there is, a strategy, and why", () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const { router, strategy, reasons, release, steps } = advise(answers);
        assert.ok(routerKinds.includes(router));
        assert.ok(strategies.includes(strategy));
        assert.ok(reasons.every((reason) => reason.length > 0) && reasons.length > 0);
        assert.equal(release.length, (steps?.weights.length ?? 0) + 1);
        assert.match(release.at(-1) ?? "", /activeColor green/);
        if (strategy === "blue-green") assert.equal(steps, undefined);
      }),
    );
  });

  it("has a case for every rule, whatever the routers can do", () => {
    const held = new Set<string>();
    const anyFacts: fc.Arbitrary<Facts> = fc
      .tuple(
        anyAnswers,
        fc.boolean(),
        fc.record({
          ...{ weight: fc.boolean(), header: fc.boolean(), cookie: fc.boolean(), gateway: fc.boolean() },
          shareBy: fc.constantFrom("weight", "pods"),
        }),
      )
      .map(([answers, fits, can]) => {
        const steps = stepsFor(answers);
        const router = "ingress-nginx";
        return { answers, router, fits, can: { ...capabilities[router], ...can }, ...(steps && { steps }) };
      });
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decides = strategyRules.find(({ holds }) => holds(facts));
        for (const { when } of [...(decides ? [decides] : []), ...additions.filter(({ holds }) => holds(facts))]) {
          held.add(when);
        }
      }),
      { numRuns: 3000 },
    );
    const all = [...strategyRules, ...additions].map(({ when }) => when);
    assert.deepEqual(
      all.filter((when) => !held.has(when)),
      [],
    );
  });

  const cases: [what: string, change: Partial<Answers>, strategy: string, weights: readonly number[] | undefined][] = [
    ["the usual service", {}, "canary", [5, 20, 50]],
    ["a dangerous release", { risk: "high" }, "canary", [1, 5, 20, 50]],
    ["a harmless release", { risk: "low" }, "blue-green", undefined],
    ["no monitoring", { monitoring: "none" }, "blue-green", undefined],
    ["hardly a request", { requestsPerSecond: 0.01 }, "blue-green", undefined],
    ["no request at all", { requestsPerSecond: 0 }, "blue-green", undefined],
    ["few requests", { requestsPerSecond: 0.5 }, "canary", [20, 50]],
    ["sessions in memory", { state: ["sessions"] }, "blue-green", undefined],
    ["a schema that breaks", { state: ["breaking-schema"], audience: "cohorts" }, "blue-green", undefined],
    ["chosen customers", { audience: "cohorts" }, "hybrid", [5, 20, 50]],
    ["chosen customers with sessions in memory", { audience: "cohorts", state: ["sessions"] }, "hybrid", undefined],
    ["chosen customers, unmeasured", { audience: "cohorts", monitoring: "none" }, "hybrid", undefined],
  ];
  for (const [what, change, strategy, weights] of cases) {
    it(`is ${strategy} for ${what}`, () => {
      const recommendation = adviseFor(change);
      assert.equal(recommendation.strategy, strategy);
      assert.deepEqual(recommendation.steps?.weights, weights);
    });
  }

  it("takes shares of pods where nothing splits requests, and a Service's selector where everyone moves at once", () => {
    const canary = adviseFor({ front: "none" });
    assert.deepEqual([canary.strategy, canary.router], ["canary", "replicas"]);
    assert.equal(canary.config["standby"], undefined);
    assert.match(canary.mind.join("\n"), /^20 replicas give the first step exactly/m);
    const flip = adviseFor({ front: "none", state: ["breaking-schema"] });
    assert.deepEqual([flip.strategy, flip.router], ["blue-green", "service"]);
  });

  it("keeps the idle color as large as can be paid for, and empty where it would take work from a queue", () => {
    const standby = (change: Partial<Answers>) => adviseFor(change).config["standby"];
    assert.equal(standby({}), "all");
    assert.equal(standby({ secondEnvironment: "release" }), "1");
    assert.equal(standby({ secondEnvironment: "hardly" }), "0");
    assert.equal(standby({ state: ["workers"] }), "0");
  });

  it("lets testers in by a header, and customers by a cookie", () => {
    assert.equal(adviseFor({ audience: "testers" }).config["canary.header"], "X-Release");
    assert.equal(adviseFor({ audience: "cohorts" }).config["canary.cookie"], "release");
  });
});

describe("the steps of a canary", () => {
  it("each show as many requests as the risk asks for, within an hour", () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const steps = stepsFor(answers);
        if (steps === undefined) return;
        const { weights, interval, requests } = steps;
        assert.ok(interval <= 3600);
        for (const weight of weights) {
          const seen = (answers.requestsPerSecond * interval * weight) / 100;
          assert.ok(seen >= requests * 0.999999, `${seen} of ${requests} at ${weight} %`);
        }
        assert.deepEqual(
          weights,
          [...weights].toSorted((one, two) => one - two),
        );
      }),
    );
  });

  it("are fewer where requests are few: a step that would take longer than an hour is left out", () => {
    assert.deepEqual(stepsFor({ ...usual, risk: "high", requestsPerSecond: 10 })?.weights, [5, 20, 50]);
    assert.equal(stepsFor({ ...usual, risk: "high", requestsPerSecond: 0.5 }), undefined);
  });
});
