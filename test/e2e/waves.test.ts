import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseDocument } from "yaml";
import { shellVariables } from "../../sandbox/cluster/access";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { EmbeddedCluster } from "../support/embedded-stack";

const checkout = join(__dirname, "..", "..");
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ...shellVariables(sandboxPaths(checkout, process.env), process.env),
  NO_COLOR: "1",
});

interface Told {
  readonly event: string;
  readonly stack?: string;
}

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: checkout, env: environment(), encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

/** A stack of the checkout's program, in a namespace of its own. */
class Region {
  readonly stack: string;
  private readonly namespace: string;
  private readonly configFile: string;

  constructor(name: string) {
    this.stack = `e2e-${name}`;
    this.namespace = `cyan-${name}`;
    this.configFile = join(checkout, `Pulumi.${this.stack}.yaml`);
    const config = parseDocument(readFileSync(join(checkout, "Pulumi.dev.yaml"), "utf8"));
    for (const [path, value] of [
      ["namespace", this.namespace],
      ["previewHost", undefined],
      ["ingress.host", `${name}.localhost`],
      ["readyTimeout", "10s"],
      ["drain", "1s"],
      ["gate.timeout", "5s"],
    ] as const) {
      const [key = "", ...rest] = path.split(".");
      if (value === undefined) config.deleteIn(["config", `cyan:${key}`]);
      else config.setIn(["config", `cyan:${key}`, ...rest], value);
    }
    writeFileSync(this.configFile, config.toString());
    run("pulumi", "stack", "select", "--create", this.stack, "--non-interactive");
    this.pulumi("up", "--yes", "--skip-preview");
  }

  pulumi(...args: string[]): string {
    return run("pulumi", ...args, "--stack", this.stack, "--non-interactive");
  }

  /** The color that the main route leads to. */
  get active(): string {
    const path = "jsonpath={.spec.rules[0].http.paths[0].backend.service.name}";
    return run("kubectl", "-n", this.namespace, "get", "ingress", "shop", "-o", path).replace("shop-", "");
  }

  destroy(): void {
    this.pulumi("destroy", "--yes", "--skip-preview");
    this.pulumi("stack", "rm", "--yes");
    rmSync(this.configFile, { force: true });
    rmSync(join(checkout, ".cyan", "receipts", this.stack), { recursive: true, force: true });
  }
}

/** A release over both stacks that runs, with what it has told so far. */
class Waves {
  readonly events: Told[] = [];
  private readonly child: ChildProcess;
  private errors = "";
  private told: () => void = () => undefined;

  constructor(...args: string[]) {
    const release = ["--stacks", "e2e-eu,e2e-us", "--steps", "50", "--interval", "0s", "--analysis", "none"];
    this.child = spawn(process.execPath, ["driver/cyan.js", "rollout", ...release, ...args, "--json"], {
      ...{ cwd: checkout, env: environment() },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null) throw new Error("there are no pipes");
    stderr.on("data", (chunk: Buffer) => (this.errors += chunk.toString()));
    createInterface({ input: stdout }).on("line", (line) => {
      this.events.push(JSON.parse(line) as Told);
      this.told();
    });
    this.child.once("close", () => {
      this.told();
    });
  }

  async until(kind: string): Promise<void> {
    while (!this.events.some(({ event }) => event === kind)) {
      assert.equal(this.child.exitCode, null, `no ${kind}: ${this.text}`);
      await new Promise<void>((resolve) => (this.told = resolve));
    }
  }

  interrupt(): void {
    this.child.kill("SIGINT");
  }

  async exits(code: number): Promise<this> {
    if (this.child.exitCode === null) await once(this.child, "close");
    assert.equal(this.child.exitCode, code, this.text);
    return this;
  }

  /** What happened to the stacks, in order. */
  get steps(): string[] {
    return this.events.flatMap(({ event, stack }) =>
      stack !== undefined && ["moved", "restored", "ended"].includes(event) ? [`${stack} ${event}`] : [],
    );
  }

  get text(): string {
    return `${this.events.map((event) => JSON.stringify(event)).join("\n")}\n${this.errors}`;
  }
}

describe("a rollout over two stacks of the embedded cluster", () => {
  const cluster = new EmbeddedCluster();
  const regions: Region[] = [];

  before(async () => {
    await cluster.bringUp();
    for (const name of ["eu", "us"]) regions.push(new Region(name));
  });

  after(async () => {
    for (const region of regions) region.destroy();
    await cluster.leave();
  });

  const active = (): string[] => regions.map((region) => region.active);

  it("releases one after the other", async () => {
    const { steps, events } = await new Waves().exits(0);
    const each = (stack: string): string[] => [`${stack} moved`, `${stack} moved`, `${stack} ended`];
    assert.deepEqual(steps, [...each("e2e-eu"), ...each("e2e-us")]);
    assert.equal(events.at(-1)?.event, "waves-ended");
    assert.deepEqual(active(), ["green", "green"]);
  });

  it("is interrupted between two waves, and goes on with the one that is left", async () => {
    const first = new Waves("--soak", "1h");
    await first.until("wave-soaking");
    first.interrupt();
    await first.exits(130);
    assert.equal(first.events.at(-1)?.event, "waves-interrupted");
    assert.deepEqual(active(), ["blue", "green"]);
    const { steps } = await new Waves().exits(0);
    assert.deepEqual(steps, ["e2e-us moved", "e2e-us moved", "e2e-us ended"]);
    assert.deepEqual(active(), ["blue", "blue"]);
  });

  it("takes the first one back when the second one fails", async () => {
    const [, us] = regions;
    us?.pulumi("config", "set", "--path", "services.shop.green.image", "cyan.local/none:1");
    const waves = await new Waves().exits(1);
    assert.match(waves.text, /"event":"wave-failed","failure":\{"stack":"e2e-us",[^\n]*"stacks":\["e2e-eu"\]/);
    assert.match(waves.text, /"standings":\{"e2e-eu":"restored","e2e-us":"restored"\}/);
    assert.deepEqual(active(), ["blue", "blue"]);
  });

  it("begins nothing when the config of one stack is wrong", async () => {
    const [, us] = regions;
    us?.pulumi("config", "set", "activeColor", "red");
    const waves = await new Waves().exits(2);
    assert.deepEqual(waves.events, []);
    assert.match(waves.text, /error: the config of stack e2e-us has a problem:\n {2}activeColor: is "red"/);
    us?.pulumi("config", "set", "activeColor", "blue");
  });
});
