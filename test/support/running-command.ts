import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type RolloutEvent } from "../../driver/rollout/report";

/** What a driver tells, with its time. */
export type ToldEvent = RolloutEvent & { readonly time: string };

/** A `cyan` that runs, with the objects that it has told so far. */
export class RunningCommand<Told extends object = ToldEvent> {
  readonly events: Told[] = [];
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
      if (line.startsWith("{")) this.events.push(JSON.parse(line) as Told);
      this.told();
    });
    this.code = once(this.child, "close").then(([code]) => {
      this.told();
      return code as number | null;
    });
  }

  /** Whether it has not ended yet. */
  get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The event of a kind, when it has come: the first, or one after it. */
  until(kind: string, index = 0): Promise<Told> {
    return this.find((told) => "event" in told && told.event === kind, index, kind);
  }

  /** What it tells that `matches`, when it has come. */
  async find(matches: (told: Told) => boolean, index = 0, what = "such line"): Promise<Told> {
    for (;;) {
      const found = this.events.filter(matches)[index];
      if (found !== undefined) return found;
      assert.ok(this.runs, `no ${what}: ${this.text()}`);
      await new Promise<void>((resolve) => (this.told = resolve));
    }
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.child.kill("SIGINT");
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
