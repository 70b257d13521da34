import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { shellVariables } from "../sandbox/cluster/access";
import { sandboxPaths } from "../sandbox/cluster/paths";

const checkout = join(__dirname, "..");
export const paths = sandboxPaths(checkout, process.env);
const env = { ...process.env, ...shellVariables(paths, process.env), NO_COLOR: "1" };

/** One line of `cyan … --json`. */
export interface Told {
  readonly event: string;
  readonly time: string;
}

/** A stack of its own for a bench, on the sandbox, with the release of Pulumi.dev.yaml. */
export class BenchStack {
  private readonly configFile: string;

  constructor(readonly name: string) {
    this.configFile = join(checkout, `Pulumi.${name}.yaml`);
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), this.configFile);
    this.run("pulumi", "stack", "select", "--create", name, "--non-interactive");
  }

  /** Runs a command to its end, and gives its seconds. */
  run(command: string, ...args: string[]): number {
    const began = performance.now();
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: checkout, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
    return (performance.now() - began) / 1000;
  }

  /** As `run`, while this process goes on, such as with the answers of a load. */
  async runBeside(command: readonly [string, ...string[]], input = ""): Promise<void> {
    const [name, ...args] = command;
    const child = spawn(name, args, { cwd: checkout, env, stdio: ["pipe", "ignore", "inherit"] });
    child.stdin.end(input);
    const [code] = (await once(child, "close")) as [number];
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
  }

  pulumi(...args: string[]): number {
    return this.run("pulumi", ...args, "--stack", this.name, "--non-interactive");
  }

  set(path: string, value: string): number {
    return this.pulumi("config", "set", "--path", path, value);
  }

  up(): number {
    return this.pulumi("up", "--yes", "--skip-preview");
  }

  /** Runs `cyan`, and gives what it told. */
  async cyan(...args: string[]): Promise<{ readonly code: number; readonly told: readonly Told[] }> {
    const told: Told[] = [];
    const argv = ["driver/cyan.js", ...args, "--stack", this.name, "--json"];
    const child: ChildProcess = spawn(process.execPath, argv, {
      cwd: checkout,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.stdout === null) throw new Error("there is no pipe");
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) told.push(JSON.parse(line) as Told);
    });
    const [code] = (await once(child, "close")) as [number];
    return { code, told };
  }

  remove(): void {
    this.pulumi("destroy", "--yes", "--skip-preview");
    this.run("pulumi", "stack", "rm", this.name, "--yes", "--non-interactive");
    rmSync(this.configFile, { force: true });
    rmSync(join(checkout, ".cyan", "receipts", this.name), { recursive: true, force: true });
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[Math.floor(values.length / 2)] ?? NaN;
}
