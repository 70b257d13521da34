import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type RolloutEvent } from "../../driver/rollout/report";

/** A `cyan` that runs, with what it has told so far. */
export class RunningCommand {
  readonly events: (RolloutEvent & { readonly time: string })[] = [];
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;
  private errors = "";
  private told: () => void = () => undefined;

  constructor(args: readonly string[], where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
    this.child = spawn(process.execPath, ["driver/cyan.js", ...args, "--json"], {
      ...where,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null) throw new Error("there are no pipes");
    stderr.on("data", (chunk: Buffer) => (this.errors += chunk.toString()));
    createInterface({ input: stdout }).on("line", (line) => {
      if (line.startsWith("{")) this.events.push(JSON.parse(line) as this["events"][number]);
      this.told();
    });
    this.code = once(this.child, "close").then(([code]) => {
      this.told();
      return code as number | null;
    });
  }

  /** The first event of a kind, when it has come. */
  async until(kind: RolloutEvent["event"], index = 0): Promise<this["events"][number]> {
    for (;;) {
      const found = this.events.filter(({ event }) => event === kind)[index];
      if (found !== undefined) return found;
      assert.equal(this.child.exitCode, null, `no ${kind}: ${this.text()}`);
      await new Promise<void>((resolve) => (this.told = resolve));
    }
  }

  /** Ends it, and the update that it runs, at once. */
  async kill(): Promise<void> {
    process.kill(-(this.child.pid ?? 0), "SIGKILL");
    await this.code;
  }

  async exits(code: number): Promise<this> {
    assert.equal(await this.code, code, this.text());
    return this;
  }

  text(): string {
    return `${this.events.map((event) => JSON.stringify(event)).join("\n")}\n${this.errors}`;
  }
}
