import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { type Recommendation } from "../../../driver/advise/advise";
import { ask } from "../../../driver/advise/ask";
import { type Invocation } from "../../../driver/invocation";
import { main } from "../../../driver/main";

const answers = {
  requestsPerSecond: 100,
  risk: "medium",
  secondEnvironment: "always",
  monitoring: "basic",
  state: ["connections", "workers"],
  audience: "testers",
  front: "ingress-nginx",
};
const flags = [
  ...["--requests-per-second", "100", "--risk", "medium", "--second-environment", "always", "--monitoring", "basic"],
  ...["--state", "connections,workers", "--audience", "testers", "--front", "ingress-nginx"],
];

function collected(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough();
  let text = "";
  stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { stream, text: () => text };
}

describe("cyan advise", () => {
  const work = mkdtempSync(join(tmpdir(), "cyan-advise-"));
  after(() => {
    rmSync(work, { recursive: true });
  });

  async function advise(argv: readonly string[], typed?: string) {
    const [stdout, stderr] = [collected(), collected()];
    const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined, setRawMode: () => undefined });
    stdin.end(typed ?? "");
    const signal = new AbortController().signal;
    const streams = { stdin, stdout: stdout.stream, stderr: stderr.stream };
    const invocation = { ...streams, env: {}, cwd: work, signal, exitCode: 0 } as unknown as Invocation;
    const code = await main(["advise", ...argv], invocation);
    return { code, out: stdout.text(), err: stderr.text() };
  }

  it("takes its answers from flags, from a file, and from both, where the flag wins", async () => {
    writeFileSync(join(work, "answers.yaml"), JSON.stringify({ ...answers, risk: "low" }));
    const byFlags = await advise([...flags, "--json"]);
    assert.deepEqual([byFlags.code, byFlags.err], [0, ""]);
    const byBoth = await advise(["--answers", "answers.yaml", "--risk", "medium", "--json"]);
    assert.equal(byBoth.out, byFlags.out);
    const byFile = await advise(["--answers", "answers.yaml", "--json"]);
    assert.equal((JSON.parse(byFile.out) as Recommendation).strategy, "blue-green");
  });

  it("gives the config and the commands of a release to paste, and the reasons", async () => {
    const { out } = await advise(flags);
    assert.match(
      out,
      /^Strategy {2}canary\nRouter {4}ingress-nginx\nSteps {5}5, 20, 50 %, each for 60 s: at least 300 /,
    );
    assert.match(out, /\n {2}pulumi config set --path standby 0\n/);
    assert.match(out, /\n {2}pulumi config set --path canary\.header X-Release\n/);
    assert.match(out, /\n {2}- a bad release reaches a small share first/);
    assert.match(out, /\n {2}pulumi config set canaryWeight 0 && pulumi config set activeColor green && pulumi up\n/);
    assert.match(out, /\n {2}npx cyan rollout --to green --steps 5,20,50 --interval 60s\n$/);
  });

  it("names without a terminal everything that is missing or wrong, at once, and ends with 2", async () => {
    writeFileSync(join(work, "wrong.yaml"), "requestsPerSecond: many\nstate: sessions\nmesh: istio\n");
    const { code, err } = await advise(["--answers", "wrong.yaml", "--risk", "some"]);
    assert.equal(code, 2);
    for (const line of [
      'requestsPerSecond: is "many"; write a number such as 50 or 0.2',
      'risk: is "some"; choose one of low, medium, high',
      "audience: is missing; choose one of anyone, testers, cohorts",
      "state: is no list; write [] or some of breaking-schema, sessions, connections, workers",
      "mesh: is no question; there are requestsPerSecond, risk,",
    ]) {
      assert.ok(err.includes(line), `${line} in ${err}`);
    }
    assert.doesNotMatch(err, /^ +at /m);
  });

  it("names a file that is not there, or is no YAML, or no map", async () => {
    const absent = await advise(["--answers", "nowhere.yaml"]);
    assert.deepEqual([absent.code, /^error: nowhere\.yaml cannot be read: /.test(absent.err)], [2, true]);
    writeFileSync(join(work, "broken.yaml"), "a: [");
    const broken = await advise(["--answers", "broken.yaml"]);
    assert.deepEqual([broken.code, /^error: broken\.yaml is no YAML or JSON: /.test(broken.err)], [2, true]);
    writeFileSync(join(work, "text.yaml"), "canary please");
    const text = await advise(["--answers", "text.yaml"]);
    assert.deepEqual([text.code, /^error: text\.yaml is no map of answers/.test(text.err)], [2, true]);
  });

  it("asks on a terminal what is not answered yet", async () => {
    const asked = await advise(["--risk", "high", "--json"], "100\n\n\n3,4\n2\n\n");
    assert.equal(asked.code, 0, asked.err);
    const told = await advise([...flags, "--risk", "high", "--json"]);
    assert.equal(asked.out, told.out);
    assert.doesNotMatch(asked.err, /bad release cost/);
  });

  it("ends as an interrupted command when the terminal's input ends", async () => {
    const { code, out, err } = await advise([], "100\n");
    assert.deepEqual([code, out], [130, ""]);
    assert.match(err, /not all was answered\n$/);
  });
});

describe("a question", () => {
  it("is put again after an answer that is none, with what would be one", async () => {
    const { stream, text } = collected();
    const input = new PassThrough();
    input.end("much\n\nblue\n2\n\n\n\n\n\n");
    const found = await ask({}, { input, output: stream, signal: new AbortController().signal });
    assert.deepEqual(found, {
      requestsPerSecond: 50,
      risk: "medium",
      secondEnvironment: "always",
      monitoring: "basic",
      state: [],
      audience: "anyone",
      front: "ingress-nginx",
    });
    assert.match(text(), / {2}is "much"; write a number such as 50 or 0\.2\n/);
    assert.match(text(), / {2}is "blue"; choose one of low, medium, high\n/);
  });
});
