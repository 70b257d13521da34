import assert from "node:assert/strict";
import { jsonLines, textOf } from "../../../driver/rollout/plain-lines";
import { markdownOf } from "../../../driver/rollout/receipt-markdown";
import { noted, type Receipt } from "../../../driver/rollout/receipt";
import { type RolloutEvent } from "../../../driver/rollout/report";

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 24, 12, 0, second));
const first: Receipt = {
  rollout: "20261124-120000",
  stack: "prod",
  from: "blue",
  to: "green",
  images: [{ service: "shop", image: "shop:2", before: "shop:1" }],
  by: "ada",
  commit: "b2ceea1ba7d1292d6d79c325bdb40a9ade341b9d",
  began: at(0).toISOString(),
  transitions: [],
};
const traffic = { activeColor: "blue", canaryWeight: 20 } as const;
const before = { activeColor: "blue", canaryWeight: 0 } as const;
const cause = { kind: "analysis", why: "errors of shop: 5 % of 200, 1 % of 800" } as const;
const look = {
  metric: "errors of shop",
  verdict: "fail",
  text: "5 % of 200 | 1 % of 800",
  unit: "ratio",
  seen: { canary: 200, active: 800 },
} as const;
const story: readonly RolloutEvent[] = [
  { event: "moving", step: 0, traffic },
  { event: "moved", step: 0, traffic, seconds: 3.14 },
  { event: "looked", step: 0, left: 30, evidence: [look] },
  { event: "judged", step: 0, verdict: "fail", why: cause.why },
  { event: "restoring", cause, traffic: before },
  { event: "led-back", traffic: before, milliseconds: 41 },
  { event: "restored", traffic: before, seconds: 3 },
  { event: "ended", outcome: "restored", cause, traffic: before },
];

describe("the receipt of a rollout", () => {
  const receipt = story.reduce((so, event, index) => noted(so, event, at(index)), first);

  it("has each transition with its time, its verdict and the evidence, and how the release was taken back", () => {
    assert.deepEqual(receipt.transitions, [
      { traffic, began: at(0).toISOString(), seconds: 3.14, evidence: [look], verdict: "fail", why: cause.why },
      { traffic: before, began: at(4).toISOString(), seconds: 3 },
    ]);
    assert.equal(receipt.ledBackIn, 41);
    assert.deepEqual([receipt.outcome, receipt.cause, receipt.ended], ["restored", cause, at(7).toISOString()]);
  });

  it("is Markdown for a pull request", () => {
    assert.equal(
      markdownOf(receipt),
      `### Rollout 20261124-120000: taken back

- blue to green, stack prod, by ada at b2ceea1ba7d1
- from 2026-11-24T12:00:00.000Z to 2026-11-24T12:00:07.000Z
- shop: shop:2, before shop:1
- analysis: errors of shop: 5 % of 200, 1 % of 800
- live requests were led back 41 ms after the decision

| blue | green | update | seen of green | verdict | evidence |
| --- | --- | --- | --- | --- | --- |
| 80 % | 20 % | 3.1 s | 200 of 1000, 16.9 % to 23.5 % | fail | errors of shop: 5 % of 200, 1 % of 800; errors of shop: 5 % of 200 \\| 1 % of 800 |
| 100 % | 0 % | 3.0 s |  |  |  |
`,
    );
  });

  it("has what did not go as it should", () => {
    const warned = noted(receipt, { event: "warning", text: "rollout.notify.team was not told\nof it" }, at(8));
    assert.deepEqual(warned.warnings, ["rollout.notify.team was not told\nof it"]);
    assert.match(markdownOf(warned), /^- warning: rollout\.notify\.team was not told of it$/m);
  });

  it("is told as lines for people, and as one object a line for machines", () => {
    assert.deepEqual(story.map(textOf), [
      "moving to blue 80 %, green 20 %",
      "live: blue 80 %, green 20 %, after 3.1 s",
      "30 s left; errors of shop fail: 5 % of 200 | 1 % of 800",
      "verdict: fail, errors of shop: 5 % of 200, 1 % of 800",
      "taking the release back: errors of shop: 5 % of 200, 1 % of 800",
      "live requests were led back in 41 ms: blue 100 %, green 0 %",
      "live and declared: blue 100 %, green 0 %, after 3.0 s",
      "taken back: blue 100 %, green 0 %; errors of shop: 5 % of 200, 1 % of 800",
    ]);
    const lines: string[] = [];
    jsonLines(
      "r1",
      (line) => lines.push(line),
      () => at(1),
    )({ event: "moving", step: 0, traffic });
    assert.deepEqual(lines, [
      '{"time":"2026-11-24T12:00:01.000Z","rollout":"r1","event":"moving","step":0,"traffic":{"activeColor":"blue","canaryWeight":20}}\n',
    ]);
  });
});
