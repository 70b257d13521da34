import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { sandboxStatus, shellVariables } from "../../sandbox/cluster/access";
import { down } from "../../sandbox/cluster/down";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { up } from "../../sandbox/cluster/up";
import { type AddonName } from "../../sandbox/toolchain/addons";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);

/** What a command printed, and whether it succeeded. */
export interface Ran {
  readonly ok: boolean;
  readonly out: string;
}

/** Changes of the checkout's config for dev, by their paths, such as `services.shop.green.image`; undefined removes. */
export type Changes = Readonly<Record<string, unknown>>;

/** What the main route, the canary route and the canary's weight of the service `shop` are in the cluster. */
export interface ShopTraffic {
  readonly main: string;
  readonly canary: string;
  readonly weight: string;
}

/** The embedded cluster of this checkout. One that a test found up is left up. */
export class EmbeddedCluster {
  private wasUp = false;

  constructor(private readonly addons: readonly AddonName[] = []) {}

  async bringUp(): Promise<void> {
    this.wasUp ||= sandboxStatus(paths).state === "ready";
    await this.mend();
  }

  /** Starts again what has ended. */
  async mend(): Promise<void> {
    const { signal } = new AbortController();
    await up({ paths, env: process.env, report: () => undefined, signal, addons: this.addons });
  }

  async leave(): Promise<void> {
    if (!this.wasUp) await down({ paths }, { keepData: false });
  }

  /** Ends one part of the cluster as the kernel ends a process that is out of memory. */
  kill(part: string): void {
    process.kill(sandboxStatus(paths).parts.find(({ name }) => name === part)?.pid ?? assert.fail(part), "SIGKILL");
  }
}

/** The checkout's program as a stack on the embedded cluster, with a config of its own, by the plain `pulumi` command. */
export class EmbeddedStack {
  readonly work = mkdtempSync(join(tmpdir(), "cyan-stack-"));
  readonly configFile: string;
  readonly environment: NodeJS.ProcessEnv;

  /**
   * @param base what every declaration of this stack changes in the checkout's config for dev.
   * @param name for one that `cyan` drives, whose config is in the checkout.
   */
  constructor(
    private readonly base: Changes = {},
    readonly name = "dev",
  ) {
    this.configFile = join(name === "dev" ? this.work : checkout, `Pulumi.${name}.yaml`);
    this.environment = { ...process.env, ...shellVariables(paths, process.env), NO_COLOR: "1" };
    this.declare();
    const { ok, out } = this.run("pulumi", "stack", "select", "--create", name, "--non-interactive");
    assert.ok(ok, out);
  }

  /** Declares the checkout's config with the stack's own changes and these, and nothing of what was declared before. */
  declare(changes: Changes = {}): void {
    const document = parseDocument(readFileSync(join(checkout, "Pulumi.dev.yaml"), "utf8"));
    for (const [path, value] of Object.entries({ ...this.base, ...changes })) {
      const [key = "", ...rest] = path.split(".");
      const place = ["config", `cyan:${key}`, ...rest];
      if (value === undefined) document.deleteIn(place);
      else document.setIn(place, value);
    }
    writeFileSync(this.configFile, document.toString());
  }

  run(command: string, ...args: string[]): Ran {
    const options = { cwd: checkout, env: this.environment, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(command, args, { ...options, maxBuffer: 2 ** 26 });
    return { ok: status === 0, out: stdout + stderr };
  }

  /** A `pulumi` command with the stack's own config. */
  pulumi(...args: string[]): Ran {
    return this.run("pulumi", ...args, "--non-interactive", "--config-file", this.configFile);
  }

  up(...args: string[]): Ran {
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  /** Declares, and updates; the update must succeed. */
  reach(changes: Changes = {}): Ran {
    this.declare(changes);
    const ran = this.up();
    assert.ok(ran.ok, ran.out);
    return ran;
  }

  /** An update that runs on while the test does. */
  startUp(): RunningUpdate {
    const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--config-file", this.configFile];
    const options = { cwd: checkout, env: this.environment, detached: true };
    return new RunningUpdate(spawn("pulumi", args, { ...options, stdio: ["ignore", "pipe", "ignore"] }));
  }

  /** Unlocks what a killed update left locked, as its user would. */
  unlock(): void {
    this.run("pulumi", "cancel", "--yes", "--non-interactive");
  }

  kubectl(...args: string[]): string {
    const { ok, out } = this.run("kubectl", "--namespace", "cyan-dev", ...args);
    assert.ok(ok, out);
    return out;
  }

  /** One field of an object, by a JSONPath without its braces. */
  field(object: string, path: string): string {
    return this.kubectl("get", object, "-o", `jsonpath={${path}}`);
  }

  shopTraffic(): ShopTraffic {
    const backend = ".spec.rules[0].http.paths[0].backend.service.name";
    const weight = ".metadata.annotations.nginx\\.ingress\\.kubernetes\\.io/canary-weight";
    return {
      main: this.field("ingress/shop", backend),
      canary: this.field("ingress/shop-canary", backend),
      weight: this.field("ingress/shop-canary", weight),
    };
  }

  /** Removes what the stack declared, and its files. */
  destroy(): void {
    this.declare();
    const { ok, out } = this.pulumi("destroy", "--yes", "--skip-preview");
    assert.ok(ok, out);
    if (this.name !== "dev") this.pulumi("stack", "rm", this.name, "--yes");
    rmSync(this.configFile, { force: true });
    rmSync(join(checkout, ".cyan", "receipts", this.name), { recursive: true, force: true });
    rmSync(this.work, { recursive: true });
  }
}

/**
 * Brings the cluster up for all tests of the block that calls this, with a stack on it, and takes both away after them. Gives the
 * stack, once the block has begun.
 */
export function stackOfBlock(base: Changes, addons: readonly AddonName[] = []): () => EmbeddedStack {
  const cluster = new EmbeddedCluster(addons);
  let stack: EmbeddedStack | undefined;

  before(async () => {
    await cluster.bringUp();
    stack = new EmbeddedStack(base);
  });

  after(async () => {
    stack?.destroy();
    await cluster.leave();
  });

  return () => stack ?? assert.fail("the block has not begun");
}

/** A `pulumi up` in the background. */
export class RunningUpdate {
  /** Lines in which the engine says that it begins or ends the write of one resource. */
  private writes = 0;
  private unfinished = "";
  private wake: () => void = () => undefined;
  /** Resolves when the process has ended. */
  readonly ended: Promise<unknown>;
  private over = false;

  constructor(private readonly child: ChildProcess) {
    this.ended = once(child, "exit").then(() => {
      this.over = true;
      this.wake();
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      const lines = (this.unfinished + chunk.toString()).split("\n");
      this.unfinished = lines.pop() ?? "";
      this.writes += lines.filter((line) => / (creat|updat|delet|replac)(ing|ed) /.test(`${line} `)).length;
      this.wake();
    });
  }

  /**
   * Resolves when the update has come to its `count`th boundary, the beginning or the end of a write: true, or false when
   * it ended before.
   */
  async boundary(count: number): Promise<boolean> {
    while (this.writes < count && !this.over) await new Promise<void>((resolve) => (this.wake = resolve));
    return !this.over;
  }

  /** Sends a signal, SIGKILL to the engine's plugins too; resolves when the engine has ended. */
  async stop(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<void> {
    const pid = this.child.pid ?? assert.fail("the update did not start");
    if (!this.over) process.kill(signal === "SIGKILL" ? -pid : pid, signal);
    await this.ended;
  }
}
