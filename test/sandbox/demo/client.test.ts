import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { tally } from "../../../sandbox/demo/load/answer";
import { RunningLoad } from "../../../sandbox/demo/load/client";
import { answerAs, serve, type Server } from "./support/colors";

describe("a load in a process of its own", () => {
  let server: Server;
  before(async () => {
    server = await serve((_, response) => {
      answerAs("blue", response);
    });
  });
  after(() => {
    server.close();
  });
  const order = () => ({
    origin: server.origin,
    path: "/",
    host: "h",
    rate: 500,
    count: 50,
    timeout: 2_000,
    anywhere: false,
  });
  const here = (argv: readonly string[]) => argv;

  it("hands over every answer, and ends", async () => {
    let told = 0;
    const load = RunningLoad.start(order(), here, () => (told += 1));
    await load.finished;
    assert.deepEqual(tally(load.answers).colors, { blue: 50 });
    assert.equal(told, 50);
  });

  it("gives the answers to requests that were due in an interval: its start is in, its end is not", async () => {
    const load = RunningLoad.start(order(), here);
    await load.finished;
    const due = load.answers.map(({ at }) => at).toSorted((one, other) => one - other);
    assert.equal(load.between(due[10] ?? 0, due[30] ?? 0).length, 20);
    assert.equal(load.between(-Infinity, due[10] ?? 0).length, 10);
  });

  it("ends early when it is stopped, with every answer", async () => {
    const sentBefore = server.requests();
    const load = RunningLoad.start({ ...order(), count: 100_000 }, here, () => {
      if (load.answers.length === 10) void load.stop();
    });
    await load.finished;
    assert.equal(load.answers.length, server.requests() - sentBefore);
    assert.ok(load.answers.length < 100_000);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`ends well at ${signal}`, async () => {
      const main = join(__dirname, "../../../sandbox/demo/load/main.ts");
      const argv = [
        "-r",
        join(__dirname, "../../../register.js"),
        main,
        JSON.stringify({ ...order(), count: 100_000 }),
      ];
      const child = spawn(process.execPath, argv, { stdio: ["pipe", "pipe", "inherit"] });
      child.stdout.once("data", () => child.kill(signal)).resume();
      assert.deepEqual(await once(child, "exit"), [0, null]);
    });
  }

  it("refuses a load that is not allowed before it starts anything", () => {
    assert.throws(() => RunningLoad.start({ ...order(), rate: 10_000 }, here), {
      name: "SandboxError",
      message: "a rate of 10000 requests/s; choose one up to 5000",
    });
  });

  it("says why its process failed", async () => {
    const load = RunningLoad.start(order(), () => ["sh", "-c", "echo no such namespace >&2; exit 3"]);
    await assert.rejects(load.finished, {
      name: "SandboxError",
      message: "the load generator failed: no such namespace",
    });
  });

  it("fails when its process cannot be started", async () => {
    const load = RunningLoad.start(order(), () => ["/nonexistent/nsenter"]);
    await assert.rejects(load.finished, { code: "ENOENT" });
  });

  it("refuses in the process itself too, in one line without a stack", async () => {
    const load = RunningLoad.start(order(), (argv) => [
      ...argv.slice(0, -1),
      JSON.stringify({ ...order(), origin: "http://192.168.0.1" }),
    ]);
    await assert.rejects(load.finished, {
      message: "the load generator failed: 192.168.0.1 is not this machine; the load goes to the loopback only",
    });
  });
});
