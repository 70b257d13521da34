import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { SandboxError } from "../report";

/** The stack of the demo: the checkout's program with a config of its own, driven by the plain `pulumi` command. */
export class DemoStack {
  constructor(
    private readonly args: {
      readonly checkout: string;
      /** The stack's config file, which is copied so that the checkout stays as it is. */
      readonly template: string;
      readonly configFile: string;
      readonly variables: Readonly<Record<string, string>>;
      readonly signal: AbortSignal;
    },
  ) {}

  async select(): Promise<void> {
    mkdirSync(dirname(this.args.configFile), { recursive: true });
    copyFileSync(this.args.template, this.args.configFile);
    await this.succeed(["stack", "select", "--create", "dev"]);
  }

  /** Sets config values by their paths; one without a value is removed. */
  async configure(values: Readonly<Record<string, string | undefined>>): Promise<void> {
    for (const [path, value] of Object.entries(values)) {
      const change = value === undefined ? ["rm", "--path", path] : ["set", "--path", path, value];
      await this.succeed(["config", ...change, "--config-file", this.args.configFile]);
    }
  }

  /** One `pulumi up`. Gives whether it succeeded, and what it printed. */
  up(): Promise<{ readonly ok: boolean; readonly output: string }> {
    return this.pulumi(["up", "--yes", "--skip-preview", "--config-file", this.args.configFile]);
  }

  private async succeed(argv: readonly string[]): Promise<void> {
    const { ok, output } = await this.pulumi(argv);
    if (!ok) throw new SandboxError(`pulumi ${argv.join(" ")} failed:\n${output.trim()}`);
  }

  private async pulumi(argv: readonly string[]): Promise<{ ok: boolean; output: string }> {
    const { checkout, variables, signal } = this.args;
    signal.throwIfAborted();
    const child = spawn("pulumi", [...argv, "--non-interactive", "--color", "never"], {
      cwd: checkout,
      env: { ...process.env, ...variables },
      // Ctrl-C reaches only us: the update is then told once, ends what it has begun, and keeps its state.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const interrupt = (): boolean => child.kill("SIGINT");
    signal.addEventListener("abort", interrupt);
    try {
      const result = await collect(child);
      signal.throwIfAborted();
      return result;
    } finally {
      signal.removeEventListener("abort", interrupt);
    }
  }
}

function collect(child: ChildProcess): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve, reject) => {
    let output = "";
    const keep = (chunk: Buffer): string => (output += chunk.toString());
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ ok: code === 0, output });
    });
  });
}
