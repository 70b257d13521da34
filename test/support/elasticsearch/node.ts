import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { descriptorOf, type Engine } from "./engines";
import { type InstalledEngine } from "./install";

/** Neither server runs as root: it is `nobody`. */
const nobody = 65534;
/** Of the folder of a node; the process that started it follows. */
const prefix = "cyan-elasticsearch-";
const http = join("modules", "transport-netty4");
const jarsOfHttp = /^(netty|transport-netty4)-/;

/** Half a gigabyte at most. */
const memory = [
  "-Xmx256m",
  "-XX:MaxMetaspaceSize=128m",
  "-XX:MaxDirectMemorySize=64m",
  "-XX:ReservedCodeCacheSize=48m",
];
// It starts sooner so, and nobody waits for its queries.
const start = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/**
 * A real node of Elasticsearch or OpenSearch without security, in a folder of its own, on a free port of the loopback.
 * It ends with this process, however that ends; the folder of a process that was killed goes when the next node starts.
 */
export class SearchNode {
  private readonly home = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  /** Where it answers, when it does. */
  readonly url: Promise<string>;
  private readonly remove = (): void => {
    this.child.kill("SIGKILL");
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  };

  constructor({ engine, java, jars }: InstalledEngine) {
    removeFoldersOfTheDead();
    this.layOut(engine, jars);
    const properties = {
      [`${engine.properties}.path.home`]: this.home,
      [`${engine.properties}.path.conf`]: join(this.home, "config"),
      [`${engine.properties}.distribution.type`]: "tar",
      "java.io.tmpdir": join(this.home, "tmp"),
      "java.security.manager": "allow",
      "log4j2.disable.jmx": "true",
    };
    const options = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
    const main = ["-cp", join(this.home, "lib", "*"), engine.main];
    const user = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", "--pdeathsig=KILL"];
    this.child = spawn("setpriv", [...user, java, ...memory, ...start, ...options, ...main], {
      env: { PATH: process.env["PATH"], LIBFFI_TMPDIR: join(this.home, "tmp") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.ended = once(this.child, "close");
    process.once("exit", this.remove);
    this.url = this.started(engine);
  }

  /** As the distribution's archive has it. The node writes besides its home to `config`, where its key store will be. */
  private layOut(engine: Engine, jars: string): void {
    chmodSync(this.home, 0o755);
    cpSync(join(__dirname, "home"), this.home, { recursive: true });
    renameSync(join(this.home, "config", "node.yml"), join(this.home, "config", `${engine.settings}.yml`));
    writeFileSync(join(this.home, http, "plugin-descriptor.properties"), descriptorOf(engine));
    mkdirSync(join(this.home, "lib"));
    for (const jar of readdirSync(jars)) {
      const folder = jarsOfHttp.test(jar) ? http : "lib";
      copyFileSync(join(jars, jar), join(this.home, folder, jar));
    }
    mkdirSync(join(this.home, "tmp"));
    for (const folder of ["", "config", "tmp"]) chownSync(join(this.home, folder), nobody, nobody);
  }

  private async started({ name }: Engine): Promise<string> {
    const said: string[] = [];
    let address: string | undefined;
    this.child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    const { stdout } = this.child;
    if (stdout === null) throw new Error("there is no pipe");
    for await (const line of createInterface({ input: stdout })) {
      said.push(line);
      address ??= /AbstractHttpServerTransport publish_address \{([\d.:]+)\}/.exec(line)?.[1];
      if (address !== undefined && line.endsWith("Node started")) {
        stdout.resume();
        return `http://${address}`;
      }
    }
    throw new Error(`${name} ended before it had started:\n${said.slice(-30).join("\n")}`);
  }

  /** Stops it from answering, while it keeps its connections. */
  pause(): void {
    this.child.kill("SIGSTOP");
  }

  resume(): void {
    this.child.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    process.removeListener("exit", this.remove);
    this.child.kill("SIGKILL");
    await this.ended;
    this.remove();
  }
}

function removeFoldersOfTheDead(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? [];
    const dead = pid !== undefined && !existsSync(`/proc/${pid}`);
    if (dead) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
