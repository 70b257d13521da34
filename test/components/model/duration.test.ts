import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../../components/model/duration";

describe("a duration", () => {
  it("is read in seconds, minutes and hours, and their sums", () => {
    for (const [text, seconds] of [
      ["0", 0],
      ["0s", 0],
      ["90s", 90],
      ["5m", 300],
      ["1h30m", 5400],
    ] as const) {
      assert.deepEqual(parseDuration(text), { seconds });
    }
  });

  it("is nothing else", () => {
    for (const text of ["", "5", "1.5m", "5 m", "-5s", "5M", "1d", "m", `${"9".repeat(20)}h`]) {
      assert.equal(parseDuration(text), undefined, text);
    }
  });

  it("is read as it is written", () => {
    fc.assert(
      fc.property(fc.nat(), (seconds) => {
        assert.deepEqual(parseDuration(formatDuration({ seconds })), { seconds });
      }),
    );
  });
});
