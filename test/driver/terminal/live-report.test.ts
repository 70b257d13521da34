import assert from "node:assert/strict";
import { createColors } from "picocolors";
import { type RolloutView } from "../../../driver/rollout/view";
import { liveReport } from "../../../driver/terminal/live-report";
import { FakeClock } from "../../support/clock";
import { FakeTerminal } from "../../support/terminal";

const began = new Date("2026-11-24T12:00:00Z");
const blue = { activeColor: "blue", canaryWeight: 0 } as const;
const twenty = { activeColor: "blue", canaryWeight: 20 } as const;
const view: RolloutView = {
  ...{ stack: "prod", rollout: "r1", from: "blue", to: "green", weights: [20], began, since: began },
  ...{ phase: "moving", step: 0, traffic: blue, evidence: [] },
};

function world(columns = 80) {
  const terminal = new FakeTerminal(columns);
  const clock = new FakeClock(began.getTime());
  const report = liveReport({ view, terminal, clock, paint: createColors(false) });
  return { terminal, clock, report, lines: () => terminal.text.split("\n") };
}

describe("a rollout that is shown while it runs", () => {
  it("counts the time down below a line of each event", async () => {
    const { clock, report, lines } = world();
    report.tell({ event: "moving", step: 0, traffic: twenty });
    await clock.pass(3_000);
    report.tell({ event: "moved", step: 0, traffic: twenty, seconds: 3 });
    report.tell({ event: "watching", step: 0, seconds: 60 });
    await clock.pass(10_000);
    assert.deepEqual(lines(), [
      "moving to blue 80 %, green 20 %",
      "live: blue 80 %, green 20 %, after 3.0 s",
      "blue to green, stack prod, rollout r1, 13 s",
      `  blue     80 %  ${"█".repeat(32)}${"░".repeat(8)}`,
      `  green    20 %  ${"█".repeat(8)}${"░".repeat(32)}`,
      "  step 1 of 2, watching, 50 s left",
    ]);
    await report.close();
  });

  it("is gone when the rollout has ended, and leaves a line of each event, also of those that come late", async () => {
    const { clock, report, lines, terminal } = world();
    report.tell({ event: "moving", step: 0, traffic: twenty });
    report.tell({ event: "ended", outcome: "promoted", traffic: twenty });
    await clock.pass(5_000);
    report.tell({ event: "warning", text: "rollout.notify.team was not told" });
    await report.close();
    assert.deepEqual(lines(), [
      "moving to blue 80 %, green 20 %",
      "promoted: blue 80 %, green 20 %",
      "warning: rollout.notify.team was not told",
    ]);
    assert.equal(terminal.listeners, 0);
  });

  it("is gone when the command is interrupted, together with what Ctrl-C left on the terminal", async () => {
    const { clock, report, terminal } = world();
    report.tell({ event: "moving", step: 0, traffic: twenty });
    terminal.write("^C");
    await report.close();
    await clock.pass(5_000);
    terminal.write("interrupted\n");
    assert.equal(terminal.text, "moving to blue 80 %, green 20 %\ninterrupted");
  });

  it("is drawn anew when the terminal becomes narrower or wider", async () => {
    const { report, terminal, lines } = world();
    report.tell({ event: "moving", step: 0, traffic: twenty });
    terminal.resize(30);
    assert.deepEqual(lines().slice(-4), [
      "blue to green, stack prod, ro…",
      "  blue    100 %",
      "  green     0 %",
      "  step 1 of 2, moving, to blu…",
    ]);
    terminal.resize(80);
    assert.equal(lines().length, 5);
    assert.match(lines()[2] ?? "", /100 % {2}█{40}$/);
    await report.close();
  });
});
