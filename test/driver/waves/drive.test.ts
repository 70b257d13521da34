import assert from "node:assert/strict";
import { driveWaves, type WavesTools } from "../../../driver/waves/drive";
import { beginWaves } from "../../../driver/waves/next";
import { type RolloutView } from "../../../driver/rollout/view";
import { jsonWaves, plainWaves, type WavesEvent } from "../../../driver/waves/report";
import { type WavesInput } from "../../../driver/waves/state";
import { FakeClock } from "../../support/clock";

const plan = { stacks: ["eu", "us", "ap"], concurrency: 1, soak: 0 };
const never = new AbortController().signal;

/** Stacks that are released unless the test has another end for them. */
class FakeTools implements WavesTools {
  readonly clock = new FakeClock();
  readonly events: WavesEvent[] = [];
  readonly log: string[] = [];
  ends: Readonly<Record<string, () => Promise<WavesInput>>> = {};
  moved: Readonly<Record<string, string>> = {};

  readonly report = (event: WavesEvent): void => {
    this.events.push(event);
  };

  roll(stack: string): Promise<WavesInput> {
    this.log.push(`roll ${stack}`);
    return this.ends[stack]?.() ?? Promise.resolve({ kind: "promoted", stack });
  }

  abort(stack: string): Promise<void> {
    this.log.push(`abort ${stack}`);
    return Promise.resolve();
  }

  takeBack(stack: string): Promise<WavesInput> {
    this.log.push(`take back ${stack}`);
    return Promise.resolve({ kind: "taken-back", stack, standing: "restored" });
  }

  left(stack: string): Promise<string | undefined> {
    return Promise.resolve(this.moved[stack]);
  }
}

const view: RolloutView = {
  ...{ stack: "eu", rollout: "r1", from: "blue", to: "green", weights: [], began: new Date(0), since: new Date(0) },
  ...{ phase: "moving", step: 0, traffic: { activeColor: "blue", canaryWeight: 0 }, evidence: [] },
};
const failing = (stack: string): Promise<WavesInput> =>
  Promise.resolve({ kind: "failed", stack, standing: "restored", why: "errors", code: 4 });

describe("a driver of waves", () => {
  it("releases the stacks in their order, and tells of each wave and the end", async () => {
    const tools = new FakeTools();
    const state = await driveWaves(beginWaves(plan), tools, never);
    assert.equal(state.phase, "ended");
    assert.deepEqual(tools.log, ["roll eu", "roll us", "roll ap"]);
    assert.deepEqual(
      tools.events.map(({ event }) => event),
      ["wave", "wave", "wave", "waves-ended"],
    );
  });

  it("waits between the waves as long as it is told", async () => {
    const tools = new FakeTools();
    const driven = driveWaves(beginWaves({ ...plan, stacks: ["eu", "us"], soak: 600 }), tools, never);
    await tools.clock.pass(599_000);
    assert.deepEqual(tools.log, ["roll eu"]);
    await tools.clock.pass(1_000);
    assert.equal((await driven).phase, "ended");
    assert.deepEqual(tools.log, ["roll eu", "roll us"]);
    assert.deepEqual(tools.events[1], { event: "wave-soaking", seconds: 600 });
  });

  it("takes back what has moved when one fails, and says why", async () => {
    const tools = new FakeTools();
    tools.ends = { us: () => failing("us") };
    const { failure, standings } = await driveWaves(beginWaves(plan), tools, never);
    assert.deepEqual(failure, { stack: "us", why: "errors", code: 4 });
    assert.deepEqual(standings, { eu: "restored", us: "restored", ap: "waiting" });
    assert.deepEqual(tools.log, ["roll eu", "roll us", "take back eu"]);
    assert.deepEqual(tools.events.slice(-2), [
      { event: "wave-failed", failure, stacks: ["eu"] },
      { event: "waves-ended", standings, failure },
    ]);
  });

  it("says what is being taken back when it is interrupted at that", async () => {
    const tools = new FakeTools();
    const abort = new AbortController();
    tools.ends = { us: () => failing("us") };
    tools.takeBack = () => {
      abort.abort(new Error("interrupted by SIGINT"));
      return Promise.reject(abort.signal.reason as Error);
    };
    await assert.rejects(driveWaves(beginWaves(plan), tools, abort.signal), /interrupted by SIGINT/);
    const failure = { stack: "us", why: "errors", code: 4 };
    const standings = { eu: "restoring", us: "restored", ap: "waiting" } as const;
    const told: WavesEvent = { event: "waves-interrupted", standings, failure };
    assert.deepEqual(tools.events.at(-1), told);
    const lines: string[] = [];
    plainWaves((line) => lines.push(line)).waves(told);
    assert.deepEqual(lines, [
      "interrupted: eu being taken back, us taken back, ap not touched; the same command takes back what is left\n",
    ]);
  });

  it("looks before the next wave whether what was promoted still is", async () => {
    const tools = new FakeTools();
    tools.moved = { eu: "it was taken back meanwhile" };
    const { failure } = await driveWaves(beginWaves(plan), tools, never);
    assert.deepEqual(failure, { stack: "eu", why: "it was taken back meanwhile", code: 1 });
    assert.deepEqual(tools.log, ["roll eu"]);
    assert.deepEqual(tools.events.at(-2), { event: "wave-failed", failure, stacks: [] });
  });

  it("leaves every stack where it is when it is interrupted, says where, and waits for what runs", async () => {
    const tools = new FakeTools();
    const abort = new AbortController();
    let over = false;
    tools.ends = {
      us: () =>
        new Promise((_, reject) => {
          abort.signal.addEventListener("abort", () => {
            setImmediate(() => {
              over = true;
              reject(abort.signal.reason as Error);
            });
          });
          abort.abort(new Error("interrupted by SIGINT"));
        }),
    };
    await assert.rejects(driveWaves(beginWaves(plan), tools, abort.signal), /interrupted by SIGINT/);
    assert.ok(over);
    assert.deepEqual(tools.log, ["roll eu", "roll us"]);
    assert.deepEqual(tools.events.at(-1), {
      event: "waves-interrupted",
      standings: { eu: "promoted", us: "rolling", ap: "waiting" },
    });
  });
});

describe("what is told of waves", () => {
  it("is one JSON object a line, with the stack's name where it is of one", () => {
    const lines: string[] = [];
    const report = jsonWaves(
      (line) => lines.push(line),
      () => new Date(0),
    );
    report.waves({ event: "wave", stacks: ["eu"] });
    report.stack("eu")(view).tell({ event: "watching", step: 0, seconds: 60 });
    const time = "1970-01-01T00:00:00.000Z";
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      [
        { time, event: "wave", stacks: ["eu"] },
        { time, rollout: "r1", stack: "eu", event: "watching", step: 0, seconds: 60 },
      ],
    );
  });

  it("is lines for people, which begin with the stack's name", () => {
    const lines: string[] = [];
    const report = plainWaves((line) => lines.push(line));
    const failure = { stack: "us", why: "5 % failed", code: 4 };
    report.stack("eu")(view).tell({ event: "watching", step: 0, seconds: 60 });
    report.waves({ event: "wave-soaking", seconds: 600 });
    report.waves({ event: "wave-failed", failure, stacks: ["eu"] });
    report.waves({ event: "wave-failed", failure, stacks: [] });
    report.waves({ event: "waves-ended", standings: { eu: "restored", us: "stuck", ap: "waiting" }, failure });
    assert.deepEqual(lines, [
      "eu: watching for 60 s\n",
      "waiting 600 s before the next wave\n",
      "us stops the waves: 5 % failed; taking back eu\n",
      "us stops the waves: 5 % failed; nothing else has moved\n",
      "eu taken back, us could NOT be taken back, ap not touched\n",
    ]);
  });
});
