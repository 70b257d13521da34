import assert from "node:assert/strict";
import fc from "fast-check";
import { type Answer } from "../../../sandbox/demo/load/answer";
import { contains, wilson99 } from "../../../sandbox/demo/statistics";
import { allWell, table } from "../../../sandbox/demo/table";
import { measure, type Scenario, scenarios } from "../../../sandbox/demo/transitions";

const answers = (color: string, count: number, status = 200): Answer[] =>
  Array.from({ length: count }, () => ({ at: 0, took: 1, status, color, error: "" }));
const canary: Scenario = { name: "canary", config: {}, green: 20 };
const flip: Scenario = { name: "flip", config: {}, green: 100 };
const refused: Scenario = { name: "refused", config: {}, green: 0, refused: true };
const up = { seconds: 2, ok: true };
const judge = (scenario: Scenario, window: Answer[], run = up) => measure(scenario, run, window, window);

describe("the interval of a proportion", () => {
  it("is Wilson's, as computed by hand for 99 %", () => {
    // 20 of 100: center (0.2 + z²/200) / (1 + z²/100), spread z √(0.0016 + z²/40000) / (1 + z²/100), z² = 6.6349.
    const { low, high } = wilson99(20, 100);
    assert.ok(Math.abs(low - 0.11716) < 1e-5 && Math.abs(high - 0.32018) < 1e-5, `${low} ${high}`);
    assert.deepEqual(wilson99(0, 0), { low: 0, high: 1 });
  });

  it("lies in 0 to 1, holds what was seen, and is the mirror of its complement", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, part) => {
        const hits = Math.round(part * trials);
        const interval = wilson99(hits, trials);
        const mirrored = wilson99(trials - hits, trials);
        assert.ok(interval.low >= 0 && interval.high <= 1);
        assert.ok(contains(interval, hits / trials));
        assert.ok(Math.abs(interval.low - (1 - mirrored.high)) < 1e-9);
      }),
    );
  });
});

describe("a transition of the demo", () => {
  it("is well when its share lies in the interval and nothing is lost", () => {
    const result = judge(canary, [...answers("blue", 800), ...answers("green", 200)]);
    assert.deepEqual(result.faults, []);
    assert.deepEqual(result.share, { blue: 0.8, green: 0.2 });
    assert.equal(result.requests, 1000);
  });

  it("is at fault when one request is lost", () => {
    const result = judge(canary, [...answers("blue", 800), ...answers("green", 200), ...answers("blue", 1, 503)]);
    assert.deepEqual(result.faults, ["1 requests lost: 1 × status 503"]);
  });

  it("is at fault when the share is outside its interval", () => {
    const [fault] = judge(canary, [...answers("blue", 500), ...answers("green", 500)]).faults;
    assert.equal(fault, "green got 50.0 %, 45.9 % to 54.1 %, declared were 20.0 %");
  });

  it("is at fault when a color that is to have all lacks one answer, or one that is to have none gets one", () => {
    assert.equal(judge(flip, answers("green", 1000)).faults.length, 0);
    assert.equal(judge(flip, [...answers("green", 999), ...answers("blue", 1)]).faults.length, 1);
    assert.equal(judge({ ...flip, green: 0 }, [...answers("green", 1), ...answers("blue", 999)]).faults.length, 1);
  });

  it("is at fault when nobody answered", () => {
    assert.deepEqual(judge(flip, []).faults, ["no answer in the window"]);
  });

  it("is at fault when an update is refused that was not to be, or goes through that was", () => {
    assert.deepEqual(judge(refused, answers("blue", 10), { ...up, ok: false }).faults, []);
    assert.deepEqual(judge(refused, answers("blue", 10)).faults, ["pulumi up was to be refused, and was not"]);
    assert.deepEqual(judge(flip, answers("green", 10), { ...up, ok: false }).faults, ["pulumi up failed"]);
  });

  it("is shown in a row of its own, with its faults below", () => {
    const transitions = [
      judge(canary, [...answers("blue", 80), ...answers("green", 20)]),
      judge(refused, answers("blue", 9)),
    ];
    const text = table({ transitions, lost: 0 });
    assert.match(text, /^canary +2\.0 +100 +0 +80\.0 % +20\.0 % +11\.7 % to 32\.0 %$/m);
    assert.match(text, /^109 requests, 0 lost$/m);
    assert.match(text, /^refused: pulumi up was to be refused, and was not$/m);
    assert.equal(allWell({ transitions, lost: 0 }), false);
    assert.equal(allWell({ transitions: transitions.slice(0, 1), lost: 0 }), true);
    assert.equal(allWell({ transitions: transitions.slice(0, 1), lost: 1 }), false);
  });

  it("ends, with the others, where it began: at blue", () => {
    assert.equal(scenarios.at(-1)?.green, 0);
  });
});
