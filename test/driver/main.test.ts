import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { Writable } from "node:stream";
import { candidates } from "../../driver/commands/completion";
import { type Invocation } from "../../driver/invocation";
import { main, program } from "../../driver/main";

class Sink extends Writable {
  text = "";
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function invocation(env: NodeJS.ProcessEnv = {}) {
  const stdout = new Sink();
  const stderr = new Sink();
  const abort = new AbortController();
  const value = { stdout, stderr, env, cwd: "/", signal: abort.signal, exitCode: 0 } as unknown as Invocation;
  return { value, stdout, stderr, abort };
}

async function cyan(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  // A state folder where there is no sandbox, whatever this machine runs.
  const { value, stdout, stderr } = invocation({ XDG_STATE_HOME: "/nonexistent" });
  const code = await main(argv, value);
  return { code, out: stdout.text, err: stderr.text };
}

describe("the cyan command", () => {
  it("shows its commands and exit codes, and ends with 0, when asked for help", async () => {
    const { code, out } = await cyan("--help");
    assert.equal(code, 0);
    for (const word of ["sandbox", "demo", "completion", "Exit codes"]) assert.match(out, new RegExp(word));
  });

  it("ends with 2 and one message at a command, option or value that there is not", async () => {
    for (const [argv, message] of [
      [["sandbx"], /^error: unknown command 'sandbx'\n\(Did you mean sandbox\?\)\n$/],
      [["sandbox", "up", "--contxt", "a"], /^error: unknown option '--contxt'\n\(Did you mean --context\?\)\n$/],
      [
        ["sandbox", "load", "--rate", "fast"],
        /^error: option '--rate <requests>' argument 'fast' is invalid. it is not a number over 0\n$/,
      ],
      [["completion", "tcsh"], /^error: no completion for tcsh; there is one for bash, zsh, fish\n$/],
    ] as const) {
      const { code, err } = await cyan(...argv);
      assert.equal(code, 2, argv.join(" "));
      assert.match(err, message);
    }
  });

  it("ends with 1 and says what to do when the sandbox is not up", async () => {
    const load = await cyan("sandbox", "load");
    assert.equal(load.code, 1);
    assert.equal(load.err, "error: the sandbox is not up; bring it up with: npx cyan sandbox up\n");
    const status = await cyan("sandbox", "status");
    assert.equal(status.code, 1);
    assert.match(status.out, /down/);
    const { state } = JSON.parse((await cyan("sandbox", "status", "--json")).out) as { state: string };
    assert.equal(state, "down");
  });

  it("ends with 2 when a stack cannot be read, or a plan is asked for in two forms", async () => {
    for (const command of ["plan", "status"]) {
      const { code, err } = await cyan(command);
      assert.equal(code, 2);
      assert.match(err, /^error: pulumi .* failed: there is no pulumi on PATH\n$/);
    }
    const { code, err } = await cyan("plan", "--json", "--markdown");
    assert.equal(code, 2);
    assert.match(err, /^error: option '--json' cannot be used with option '--markdown'\n$/);
  });

  it("ends with 2 when options of render mean nothing together", async () => {
    for (const [argv, message] of [
      [["--router", "istio", "--strategy", "canary"], "--strategy goes with --router argo-rollouts or flagger"],
      [["--prometheus", "http://a"], "--prometheus goes with --router argo-rollouts or flagger"],
      [
        ["--router", "flagger", "--strategy", "blue-green"],
        "flagger moves requests by weights; for blue-green use --router argo-rollouts",
      ],
      [["--router", "flagger", "--per", "object"], "--per is for two environments, and flagger has one; leave it out"],
      [
        ["--prometheus", "ftp://a"],
        "option '--prometheus <url>' argument 'ftp://a' is invalid. it is no http or https URL",
      ],
    ] as const) {
      const { code, err } = await cyan("render", "--out", "/nonexistent/out", ...argv);
      assert.deepEqual([code, err], [2, `error: ${message}\n`]);
    }
  });

  it("prints variables that a shell can evaluate", async () => {
    const { out } = await cyan("sandbox", "env");
    const printed = execFileSync("sh", ["-c", `${out}\necho "$PULUMI_BACKEND_URL"`]).toString();
    assert.match(printed, /^file:\/\/\/nonexistent\/cyan\/[0-9a-f]{8}\/pulumi\/state\n$/);
  });

  it("ends with 130 when it was interrupted", async () => {
    const { value, abort } = invocation({ XDG_STATE_HOME: "/nonexistent" });
    abort.abort(new Error("interrupted"));
    assert.equal(await main(["sandbox", "load"], value), 130);
  });

  it("completes every command and its options", () => {
    const words = candidates(program(invocation().value));
    assert.deepEqual(words.get("sandbox"), ["up", "down", "status", "env", "load", "--help"]);
    assert.ok(words.get("sandbox up")?.includes("--context"));
  });

  it("prints a bash completion that bash can read", async () => {
    const { out } = await cyan("completion", "bash");
    const script = `${out}\nCOMP_WORDS=(cyan sandbox st) COMP_CWORD=2; _cyan; echo "\${COMPREPLY[@]}"`;
    assert.equal(execFileSync("bash", ["-c", script]).toString(), "status\n");
  });
});
