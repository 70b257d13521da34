import assert from "node:assert/strict";
import { type Clock } from "../../../driver/clock";
import { deliver } from "../../../driver/observers/deliver";
import { Secret } from "../../../driver/secret";
import { type Answer, WebServer } from "../../support/web";

describe("the delivery of a message", () => {
  let server: WebServer;
  let answers: Answer[];
  let pauses: number[];
  let stop: AbortController;
  beforeEach(async () => {
    [answers, pauses, stop] = [[], [], new AbortController()];
    server = await WebServer.start(() => answers.shift() ?? { body: "ok" });
  });
  afterEach(() => server.stop());

  /** Time that passes at once. */
  const clock: Clock = {
    now: () => 0,
    sleep: (milliseconds, signal) => {
      pauses.push(milliseconds);
      return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
    },
  };
  let made = 0;
  const message = () => ({ headers: { "x-try": String((made += 1)) }, body: "{}" });
  const send = (timeout = 1_000): Promise<void> => {
    const secrets = [new Secret("T0KEN/ABCDEF")];
    const http = { fetch, timeout, secrets, name: "the server" };
    return deliver(message, { method: "POST", url: new URL("/T0KEN/ABCDEF", server.url), http, clock }, stop.signal);
  };

  it("is one request where it is taken, with any status of success", async () => {
    answers = [{ status: 202, body: "" }];
    await send();
    assert.deepEqual(
      server.received.map(({ method, url, body }) => [method, url, body]),
      [["POST", "/T0KEN/ABCDEF", "{}"]],
    );
  });

  it("is tried again after one and four seconds, with a message made anew, when the server fails", async () => {
    answers = [
      { status: 500, body: "" },
      { status: 503, body: "" },
    ];
    await send();
    assert.deepEqual(pauses, [1_000, 4_000]);
    assert.equal(new Set(server.received.map(({ headers }) => headers["x-try"])).size, 3);
  });

  it("waits for as long as the server asks to be left alone, unless that is too long", async () => {
    answers = [{ status: 429, headers: { "retry-after": "7" }, body: "" }];
    await send();
    assert.deepEqual(pauses, [7_000]);
    answers = [{ status: 429, headers: { "retry-after": "3600" }, body: "" }];
    await assert.rejects(send(), /^Error: the server asks to be left alone for 3600 s \(status 429\)$/);
  });

  it("is given up after three tries, and at once where trying again does not help", async () => {
    const failing = { status: 500, body: "no" };
    answers = [failing, failing, failing, failing];
    await assert.rejects(send(), /^Error: the server answered 500: no$/);
    assert.equal(server.received.length, 3);
    answers = [{ status: 404, body: "there is no T0KEN/ABCDEF" }];
    await assert.rejects(send(), /^Error: the server answered 404: there is no \[secret\]$/);
    assert.equal(server.received.length, 4);
  });

  it("follows no redirect, which would lead the message elsewhere", async () => {
    const away = { status: 307, headers: { location: "http://127.0.0.1:1/" }, body: "" };
    answers = [away, away, away];
    await assert.rejects(send(), /the server was not reached: .*redirect/);
  });

  it("waits no longer for an answer than it is told to", async () => {
    answers = [{}, {}, {}];
    await assert.rejects(send(20), /^Error: the server did not answer in 0.02 s$/);
    // On a machine with much to do, a request may not have arrived when it is given up.
    assert.deepEqual(pauses, [1_000, 4_000]);
  });

  it("is given up when it is told to stop", async () => {
    answers = [{}];
    const sending = send();
    stop.abort(new Error("the command ended"));
    await assert.rejects(sending, /the command ended/);
  });
});
