import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellVariables } from "../../sandbox/cluster/access";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { RunningCommand, type ToldEvent } from "./running-command";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);

/** The environment of a command that works on the embedded cluster. */
export function embeddedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...shellVariables(paths, process.env), NO_COLOR: "1" };
}

/**
 * A stack of the checkout's program on the embedded cluster, with a config file of its own in the checkout, which the
 * driver reads and writes. Each case begins at home: blue serves all requests, and nothing of an earlier case is left.
 */
export class RolloutStack {
  readonly work = mkdtempSync(join(tmpdir(), "cyan-rollout-"));
  readonly configFile: string;
  private readonly running: Pick<RunningCommand, "runs" | "kill">[] = [];
  private home = "";

  constructor(
    readonly name: string,
    private readonly namespace = "cyan-dev",
  ) {
    this.configFile = join(checkout, `Pulumi.${name}.yaml`);
  }

  /** @param values of the config, by their paths. */
  create(values: Readonly<Record<string, string>> = {}, secrets: Readonly<Record<string, string>> = {}): void {
    copyFileSync(join(checkout, "Pulumi.dev.yaml"), this.configFile);
    this.must("pulumi", "stack", "select", "--create", this.name, "--non-interactive");
    const quick = { namespace: this.namespace, readyTimeout: "15s", drain: "1s", "gate.timeout": "5s" };
    const flags = (kind: string, all: object): string[] =>
      Object.entries(all).flatMap(([path, value]) => [kind, `${path}=${value}`]);
    this.pulumi(
      "config",
      "set-all",
      "--path",
      ...flags("--plaintext", { ...quick, ...values }),
      ...flags("--secret", secrets),
    );
    this.pulumi("up", "--yes", "--skip-preview");
    this.home = readFileSync(this.configFile, "utf8");
  }

  /** Takes everything back that an earlier case has left; costs an update where traffic is not at home. */
  async takeHome(): Promise<void> {
    const left = this.running.splice(0).filter(({ runs }) => runs);
    await Promise.all(left.map((command) => command.kill()));
    if (left.length > 0) this.run("pulumi", "cancel", this.name, "--yes", "--non-interactive");
    this.kubectl("delete", "lease", `cyan-rollout-${this.name}`, "--ignore-not-found");
    writeFileSync(this.configFile, this.home);
    const { active, weight } = this.live();
    if (active !== "blue" || weight !== "0") this.pulumi("up", "--yes", "--skip-preview");
  }

  /** Removes what the stack declared, and its files. */
  destroy(): void {
    writeFileSync(this.configFile, this.home);
    this.pulumi("destroy", "--yes", "--skip-preview");
    this.pulumi("stack", "rm", "--yes");
    rmSync(this.configFile, { force: true });
    rmSync(join(checkout, ".cyan", "receipts", this.name), { recursive: true, force: true });
    rmSync(this.work, { recursive: true });
  }

  run(command: string, ...args: string[]): { ok: boolean; out: string } {
    const options = { cwd: checkout, env: embeddedEnvironment(), encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(command, args, options);
    return { ok: status === 0, out: stdout + stderr };
  }

  pulumi(...args: string[]): string {
    return this.must("pulumi", ...args, "--stack", this.name, "--non-interactive");
  }

  kubectl(...args: string[]): string {
    return this.must("kubectl", "--namespace", this.namespace, ...args);
  }

  /** The color that the main route leads to, and the canary's weight. */
  live(): { active: string; weight: string } {
    const backend = "jsonpath={.spec.rules[0].http.paths[0].backend.service.name}";
    const weight = "jsonpath={.metadata.annotations.nginx\\.ingress\\.kubernetes\\.io/canary-weight}";
    return {
      active: this.kubectl("get", "ingress", "shop", "-o", backend).replace("shop-", ""),
      weight: this.kubectl("get", "ingress", "shop-canary", "-o", weight),
    };
  }

  /** Runs `cyan`, with what it tells. */
  cyan<Told extends object = ToldEvent>(...args: string[]): RunningCommand<Told> {
    const command = new RunningCommand<Told>([...args, "--stack", this.name], {
      cwd: checkout,
      env: embeddedEnvironment(),
    });
    this.running.push(command);
    return command;
  }

  private must(command: string, ...args: string[]): string {
    const { ok, out } = this.run(command, ...args);
    assert.ok(ok, out);
    return out;
  }
}
