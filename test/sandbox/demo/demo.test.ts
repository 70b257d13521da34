import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type DemoArgs, type DemoResult, runDemo } from "../../../sandbox/demo/demo";
import { allWell } from "../../../sandbox/demo/table";
import { type Progress } from "../../../sandbox/report";
import { answerAs, type Answerer, serve, type Server } from "./support/colors";

/**
 * Stands in for `pulumi`: `config` writes what is declared, `up` makes it live unless green is never ready. MODE makes it
 * careless (it moves traffic to what is not ready), broken, slow (an update that runs until it is interrupted).
 */
const pulumi = `#!${process.execPath}
const { appendFileSync, copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const [command, ...argv] = process.argv.slice(2);
const { STATE: state, MODE: mode } = process.env;
appendFileSync(state + "/calls", [command, ...argv].join(" ") + "\\n");
const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});
const declared = state + "/declared.json";
if (command === "config") {
  const [change, , path, value] = argv;
  writeFileSync(declared, JSON.stringify({ ...read(declared), [path]: change === "set" ? value : undefined }));
}
if (command === "up") {
  const config = read(declared);
  if (mode === "broken" && config.canaryWeight === "20") {
    console.log("the provider crashed");
    process.exit(255);
  }
  if (mode === "slow" && config.canaryWeight === "5") {
    process.on("SIGINT", () => { appendFileSync(state + "/calls", "interrupted\\n"); process.exit(1); });
    setInterval(() => undefined, 1000);
    writeFileSync(state + "/slow", "");
  } else if (config["services.shop.green.env.READY_AFTER"] === "never" && mode !== "careless") {
    console.log("release-green-shop is not ready");
    process.exit(1);
  } else {
    copyFileSync(declared, state + "/live.next");
    renameSync(state + "/live.next", state + "/live.json"); // At once: the server reads it all the time.
  }
}
`;

describe("the demo", function () {
  this.timeout(60_000); // Each runs a dozen processes.
  let folder: string;
  let server: Server;
  const reports: Progress[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cyan-demo-"));
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "pulumi"), pulumi);
    chmodSync(join(folder, "bin", "pulumi"), 0o755);
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "config: {}\n");
    reports.length = 0;
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const calls = (): string[] => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

  /** Splits by turns, as the live traffic says: exactly, like Traefik. */
  const split: Answerer = (_, response, index) => {
    const live = JSON.parse(readFileSync(join(folder, "live.json"), "utf8")) as Record<string, string>;
    const idle = live["activeColor"] === "green" ? "blue" : "green";
    answerAs((index % 20) * 5 < Number(live["canaryWeight"]) ? idle : (live["activeColor"] ?? ""), response);
  };

  async function run(answer: Answerer, mode = "", args: Partial<DemoArgs> = {}): Promise<DemoResult> {
    server = await serve(answer);
    return runDemo({
      checkout: folder,
      work: join(folder, "work"),
      variables: { PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter), STATE: folder, MODE: mode },
      origin: server.origin,
      anywhere: false,
      wrap: (argv) => argv,
      report: (progress) => reports.push(progress),
      signal: new AbortController().signal,
      // A whole number of turns in each window.
      pace: { rate: 500, settle: 20, window: 60, serving: 1_000 },
      ...args,
    });
  }

  it("measures each transition, and finds a good release well", async () => {
    const result = await run(split);
    const rows = result.transitions.map(({ name, share, refused, faults }) => [name, share.green, refused, faults]);
    assert.deepEqual(
      rows.map(([name]) => name),
      reports
        .filter(({ event }) => event === "step")
        .map((each) => each.text)
        .slice(1),
    );
    assert.deepEqual(
      rows.map(([, , refused]) => refused),
      [false, false, false, false, false, true, false],
    );
    assert.deepEqual(
      rows.flatMap(([, , , faults]) => faults),
      [],
    );
    assert.equal(rows[3]?.[1], 1);
    assert.equal(rows[4]?.[1], 0);
    assert.equal(allWell(result), true);
    const counted = result.transitions.reduce((sum, { requests }) => sum + requests, 0);
    assert.equal(counted, server.requests() - 125, "each request counts once, but for those of the probe");

    assert.equal(readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8"), "config: {}\n", "the checkout stays as it is");
    const [select, ...others] = calls();
    assert.match(select ?? "", /^stack select --create dev /);
    for (const call of others)
      assert.ok(call.includes(`--config-file ${join(folder, "work", "Pulumi.dev.yaml")}`), call);
  });

  it("names what is not well: a loss, one that shows late, an update that had to be refused and was not", async () => {
    const held: ServerResponse[] = [];
    let lost = false;
    const result = await run((request, response, index) => {
      // By updates begun, so well inside its transition: the first deploys, the next is canary 5 %.
      const updates = calls().filter((call) => call.startsWith("up ")).length;
      if (updates === 3 && held.length === 0) {
        held.push(response);
      } else if (updates === 5 && !lost) {
        lost = true;
        answerAs("", response, 503);
      } else {
        if (updates === 4) held[0]?.destroy();
        split(request, response, index);
      }
    }, "careless");
    assert.equal(result.lost, 2);
    assert.deepEqual(
      result.transitions.map(({ faults }) => faults.map((fault) => fault.replace(/\w*$/, ""))),
      [
        [],
        ["1 requests lost: 1 × "], // It was sent in this transition, and failed in the next.
        [],
        ["1 requests lost: 1 × status "],
        [],
        ["green got 60 of 60, declared were 0.0 %", "pulumi up was to be refused, and was "],
        [],
      ],
    );
    assert.equal(allWell(result), false);
  });

  it("ends with what pulumi said when an update fails that must not", async () => {
    await assert.rejects(run(split, "broken"), {
      name: "SandboxError",
      message: "pulumi up failed:\nthe provider crashed",
    });
  });

  it("gives up when nothing serves after the first update, and says what came instead", async () => {
    const dead = run((_, response) => response.writeHead(404).end(), "", { pace: { rate: 500, serving: 0 } });
    await assert.rejects(dead, {
      name: "SandboxError",
      message:
        "shop.localhost does not serve 0 s after the first pulumi up: 125 of 125 requests lost (125 × status 404)",
    });
  });

  it("ends soon when its load dies", async () => {
    let loads = 0;
    const dying = run(split, "", {
      // The first is the probe.
      wrap: (argv) => (++loads === 1 ? argv : ["sh", "-c", "echo killed >&2; exit 1"]),
    });
    await assert.rejects(dying, { name: "SandboxError", message: "the load generator failed: killed" });
  });

  it("interrupts the update once when it is interrupted, ends its load, and says what is live", async () => {
    const abort = new AbortController();
    const slow = run(
      (request, response, index) => {
        if (existsSync(join(folder, "slow"))) abort.abort();
        split(request, response, index);
      },
      "slow",
      { signal: abort.signal },
    );
    await assert.rejects(slow, { name: "AbortError" });
    assert.equal(calls().filter((call) => call === "interrupted").length, 1);
    const warning = reports.find(({ event }) => event === "warning");
    assert.match(
      warning?.text ?? "",
      /^of the last [1-9]\d* requests: blue [1-9]\d*\. Run the demo again, or: npx cyan sandbox down$/,
    );
    const sent = server.requests();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(server.requests(), sent);
  });
});
