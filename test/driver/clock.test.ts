import assert from "node:assert/strict";
import { systemClock } from "../../driver/clock";

describe("the system's clock", () => {
  it("sleeps, and wakes with the reason of a signal", async () => {
    const before = systemClock.now();
    await systemClock.sleep(5, new AbortController().signal);
    assert.ok(systemClock.now() >= before);

    const abort = new AbortController();
    const slept = systemClock.sleep(60_000, abort.signal);
    abort.abort(new Error("interrupted"));
    await assert.rejects(slept, { message: "interrupted" });
    await assert.rejects(systemClock.sleep(1, abort.signal), { message: "interrupted" });
  });
});
