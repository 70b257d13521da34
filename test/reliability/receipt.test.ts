import assert from "node:assert/strict";
import { add, type CaseRow, markdown, passed, type Receipt } from "./receipt";

const flip: CaseRow = {
  ...{ name: "a flip", runs: 1, transitions: 2, interruptions: 0, requests: 900, lost: 0 },
  failures: [],
};
const receipt: Receipt = {
  ...{ date: "2026-01-31", commit: "abc1234", minutes: 50, rate: 180, transitions: 500, interruptions: 101 },
  counts: { requests: 512_345, lost: 0, losses: {}, lostByPlatform: 120 },
  cases: [flip],
};

describe("the receipt of the reliability suite", () => {
  it("adds the runs of a case, and keeps the others", () => {
    const kill: CaseRow = { ...flip, name: "a kill", interruptions: 1 };
    const again: CaseRow = { ...flip, requests: 100, lost: 3, failures: ["it stood still"] };
    assert.deepEqual(add(add(add([], flip), kill), again), [
      { ...flip, runs: 2, transitions: 4, requests: 1_000, lost: 3, failures: ["it stood still"] },
      kill,
    ]);
  });

  it("passes only when no request was lost by a transition and no case failed", () => {
    assert.equal(passed(receipt), true);
    assert.equal(passed({ ...receipt, counts: { ...receipt.counts, lost: 1 } }), false);
    assert.equal(passed({ ...receipt, cases: [{ ...flip, failures: ["it stood still"] }] }), false);
  });

  it("is a page with the totals, a row for each case, and what failed", () => {
    const page = markdown({ ...receipt, cases: [{ ...flip, failures: ["it stood still"] }] });
    assert.match(page, /\| 500 \| 101 \| 512,345 \| 0 \| 120 \|/);
    assert.match(page, /\| a flip \| 1 \| 2 \| 0 \| 900 \| 0 \|/);
    assert.match(page, /- a flip: it stood still/);
    assert.doesNotMatch(markdown(receipt), /^- /m);
  });
});
