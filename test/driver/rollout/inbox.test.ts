import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { Inbox } from "../../../driver/rollout/inbox";

describe("an inbox", () => {
  it("gives what happens in its order, also to one who waits", async () => {
    const { signal } = new AbortController();
    const inbox = new Inbox<number>();
    inbox.put(1);
    inbox.put(2);
    assert.deepEqual([await inbox.take(signal), await inbox.take(signal)], [1, 2]);
    const waiting = inbox.take(signal);
    inbox.put(3);
    assert.equal(await waiting, 3);
  });

  it("is waited for until the signal fires, with its reason", async () => {
    const stop = new AbortController();
    const waiting = new Inbox().take(stop.signal);
    stop.abort(new Error("another driver"));
    await assert.rejects(waiting, /another driver/);
  });

  it("leaves nothing behind on the signal, however often it is waited for", async () => {
    const { signal } = new AbortController();
    const inbox = new Inbox<number>();
    for (let item = 0; item < 20; item += 1) {
      const waiting = inbox.take(signal);
      inbox.put(item);
      await waiting;
    }
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });
});
