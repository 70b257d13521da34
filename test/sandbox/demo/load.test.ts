import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { type Answer, isLost, tally } from "../../../sandbox/demo/load/answer";
import { load, type LoadArgs } from "../../../sandbox/demo/load/engine";
import { assertAllowed } from "../../../sandbox/demo/load/limits";

describe("the load generator", () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function serve(listener: RequestListener): Promise<string> {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  }

  async function answersFrom(origin: string, change: Partial<LoadArgs> = {}): Promise<Answer[]> {
    const answers: Answer[] = [];
    await load({
      origin,
      path: "/",
      host: "shop.localhost",
      rate: 1000,
      count: 100,
      timeout: 300,
      signal: new AbortController().signal,
      now: () => performance.now(),
      onAnswer: (answer) => answers.push(answer),
      ...change,
    });
    return answers;
  }

  it("sends exactly what it is told to, to the host and with the headers it is told", async () => {
    const hosts = new Set<string>();
    let requests = 0;
    const origin = await serve((request, response) => {
      hosts.add(`${request.headers.host ?? ""} ${request.headers.cookie ?? ""}`);
      requests += 1;
      response.setHeader("x-color", requests % 4 === 0 ? "green" : "blue").end();
    });
    assert.deepEqual(tally(await answersFrom(origin, { headers: { Cookie: "release=always" } })), {
      requests: 100,
      lost: 0,
      colors: { blue: 75, green: 25 },
      losses: {},
    });
    assert.equal(requests, 100);
    assert.deepEqual([...hosts], ["shop.localhost release=always"]);
  });

  it("gives each request a connection of its own when it is told to", async () => {
    const connections = new Set<unknown>();
    const origin = await serve((request, response) => {
      connections.add(request.socket);
      response.setHeader("x-color", "blue").end();
    });
    assert.equal(tally(await answersFrom(origin, { count: 20, rate: 100, fresh: true, timeout: 5_000 })).lost, 0);
    assert.equal(connections.size, 20);
  });

  it("counts errors, answers without a color, resets and silence as lost, each by its reason", async () => {
    let requests = 0;
    const origin = await serve((_, response) => {
      requests += 1;
      if (requests % 5 === 1) response.setHeader("x-color", "blue").end();
      if (requests % 5 === 2) response.writeHead(503, { "x-color": "blue" }).end();
      if (requests % 5 === 3) response.end();
      if (requests % 5 === 4) response.socket?.destroy();
    });
    const { lost, losses, colors } = tally(await answersFrom(origin, { count: 50 }));
    assert.equal(lost, 40);
    assert.deepEqual(colors, { blue: 10 });
    assert.equal(losses["status 503"], 10);
    assert.equal(losses["status 200"], 10);
    assert.equal(losses["timeout"], 10);
    assert.equal((losses["UND_ERR_SOCKET"] ?? 0) + (losses["ECONNRESET"] ?? 0), 10);
  });

  it("counts answers that are cut off in their body as lost", async () => {
    for (const framing of [{ "content-length": "100" }, { "transfer-encoding": "chunked" }]) {
      const origin = await serve((_, response) => {
        response.writeHead(200, { "x-color": "blue", ...framing }).write("half", () => response.destroy());
      });
      assert.equal(tally(await answersFrom(origin, { count: 10 })).lost, 10, JSON.stringify(framing));
      server?.close();
    }
  });

  it("gives up on an answer whose body does not end", async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200, { "x-color": "blue" }).write("half");
    });
    assert.deepEqual(tally(await answersFrom(origin, { count: 10, timeout: 50 })).losses, { timeout: 10 });
  });

  it("counts the wait for a connection as part of the time that an answer may take", async () => {
    const origin = await serve(() => undefined);
    const answers = await answersFrom(origin, { count: 2_000, timeout: 500 });
    assert.deepEqual(tally(answers).losses, { timeout: 2_000 });
    // With 256 connections the last would end after four seconds, were its time only counted from when it had one.
    assert.ok(Math.max(...answers.map(({ took }) => took)) < 2_500);
  });

  it("counts requests that nobody listens for", async () => {
    const answers = await answersFrom("http://127.0.0.1:1", { count: 5 });
    assert.deepEqual(tally(answers).losses, { ECONNREFUSED: 5 });
  });

  it("goes on sending on time while answers are late, and counts the wait", async () => {
    const held: (() => void)[] = [];
    const origin = await serve((_, response) => {
      held.push(() => response.setHeader("x-color", "blue").end());
      // No answer before the last request is in: a generator that waits for answers would never send it.
      if (held.length === 20) for (const answer of held) answer();
    });
    const answers = await answersFrom(origin, { count: 20, rate: 200, timeout: 5_000 });
    assert.equal(tally(answers).lost, 0);
    const first = Math.min(...answers.map((answer) => answer.at));
    const took = answers.find((answer) => answer.at === first)?.took ?? 0;
    assert.ok(took >= 90, `the first request waited for the others, ${took} ms`);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const origin = await serve((_, response) => {
      stop.abort();
      response.setHeader("x-color", "blue").end();
    });
    const answers = await answersFrom(origin, { count: 100_000, rate: 10, signal: stop.signal });
    assert.equal(answers.length, 1);
  });

  it("is refused a place, a rate or a number that is not bounded to this machine", () => {
    const fine = { origin: "http://127.0.0.1:80", rate: 200, count: 1000 };
    assertAllowed(fine, false);
    assertAllowed({ ...fine, origin: "http://shop.example.com" }, true);
    for (const [change, message] of [
      [{ origin: "http://shop.example.com" }, /is not this machine/],
      [{ origin: "http://127.0.0.1.example.com" }, /is not this machine/],
      [{ origin: "https://127.0.0.1" }, /plain http/],
      [{ rate: NaN }, /rate/],
      [{ rate: 1, count: 7_201 }, /may last 7200/],
      [{ rate: 100_000 }, /rate/],
      [{ count: 10_000_000 }, /at most/],
    ] as const) {
      assert.throws(() => {
        assertAllowed({ ...fine, ...change }, false);
      }, message);
    }
  });
});

describe("an answer", () => {
  const answer: Answer = { at: 0, took: 1, status: 200, color: "blue", error: "" };
  it("is lost unless a color gave it with success", () => {
    assert.equal(isLost(answer), false);
    assert.equal(isLost({ ...answer, status: 302 }), false);
    assert.equal(isLost({ ...answer, status: 404 }), true);
    assert.equal(isLost({ ...answer, status: 0, color: "", error: "ECONNRESET" }), true);
    assert.equal(isLost({ ...answer, color: "" }), true);
  });
});
