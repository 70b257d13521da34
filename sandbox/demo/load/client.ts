import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { SandboxError } from "../../report";
import { type Answer } from "./answer";
import { assertAllowed } from "./limits";
import { type LoadOrder } from "./main";

/** A load that runs in a process of its own, and what has been answered so far. */
export class RunningLoad {
  /** Every answer, in the order in which they came. */
  readonly answers: Answer[] = [];
  private readonly first: Promise<void>;
  private readonly ended: Promise<void>;
  private readonly lines: Interface;

  private constructor(
    private readonly child: ChildProcess,
    onAnswer: (answer: Answer) => void,
  ) {
    if (child.stdout === null || child.stderr === null) throw new Error("the load's output is not a pipe");
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    this.lines = createInterface({ input: child.stdout });
    this.first = this.nextAnswer();
    this.lines.on("line", (line) => {
      const answer = JSON.parse(line) as Answer;
      this.answers.push(answer);
      onAnswer(answer);
    });
    this.ended = Promise.all([once(child, "exit"), once(this.lines, "close")]).then(([[code]]) => {
      if (code !== 0) throw new SandboxError(`the load generator failed: ${complaint.trim()}`);
    });
    this.ended.catch(() => undefined); // Told to whoever waits for `finished` or calls `stop`.
  }

  /**
   * Starts a load.
   *
   * @param wrap puts the command where it has to run, such as inside the cluster's network namespace.
   * @throws SandboxError when the load is not allowed.
   */
  static start(
    order: LoadOrder,
    wrap: (argv: readonly string[]) => readonly string[],
    onAnswer: (answer: Answer) => void = () => undefined,
  ): RunningLoad {
    assertAllowed(order, order.anywhere);
    const cwd = join(__dirname, "..", "..", "..");
    const argv = [process.execPath, "-r", join(cwd, "register.js"), join(__dirname, "main.ts"), JSON.stringify(order)];
    const [command = "", ...args] = wrap(argv);
    // A group of its own: Ctrl-C reaches whoever started it, and that ends it in order.
    const options = { cwd, detached: true, stdio: ["pipe", "pipe", "pipe"] as ["pipe", "pipe", "pipe"] };
    return new RunningLoad(spawn(command, args, options), onAnswer);
  }

  /** Resolves when the first answer is in; rejects when the process fails before. */
  get begun(): Promise<void> {
    return Promise.race([this.first, this.ended]);
  }

  /** Resolves when one more answer is in, and never when none comes. */
  nextAnswer(): Promise<void> {
    return new Promise((resolve) => {
      this.lines.once("line", () => {
        resolve();
      });
    });
  }

  /** Resolves when all requests are sent and answered. */
  get finished(): Promise<void> {
    return this.ended;
  }

  /** Sends no more requests. Resolves when the last is answered. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    await this.ended;
  }

  /** The answers to requests that were due from one instant to before another, in milliseconds since 1970. */
  between(from: number, to: number): Answer[] {
    return this.answers.filter((answer) => answer.at >= from && answer.at < to);
  }
}
