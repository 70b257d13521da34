import assert from "node:assert/strict";
import { Outbox } from "../../../driver/observers/outbox";
import { FakeClock } from "../../support/clock";

function world() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const outbox = new Outbox(clock, (line) => lines.push(line));
  const until = (milliseconds: number) => (signal: AbortSignal) => clock.sleep(milliseconds, signal);
  return { clock, lines, outbox, until };
}

describe("an outbox", () => {
  it("sends one after the other, and tells of what failed without holding up the rest", async () => {
    const { clock, lines, outbox, until } = world();
    const sent: string[] = [];
    outbox.put("one", async (signal) => {
      await until(100)(signal);
      sent.push("one");
    });
    outbox.put("two", () => Promise.reject(new Error("no connection")));
    outbox.put("three", () => {
      sent.push("three");
      return Promise.resolve();
    });
    assert.deepEqual(sent, []);
    await clock.pass(100);
    await outbox.close();
    assert.deepEqual([sent, lines], [["one", "three"], ["two: no connection"]]);
  });

  it("is closed after five seconds, and tells of each that was not sent by then", async () => {
    const { clock, lines, outbox, until } = world();
    outbox.put("one", until(60_000));
    outbox.put("two", until(0));
    let closed = false;
    const closing = outbox.close().then(() => (closed = true));
    await clock.pass(4_999);
    assert.equal(closed, false);
    await clock.pass(1);
    await closing;
    assert.deepEqual(lines, ["one: the command ended before that", "two: the command ended before that"]);
  });

  it("is closed at once when there is nothing left to send", async () => {
    const { lines, outbox } = world();
    await outbox.close();
    assert.deepEqual(lines, []);
  });
});
