import assert from "node:assert/strict";
import { isLost } from "../../sandbox/demo/load/answer";
import { type Changes, type EmbeddedCluster, type EmbeddedStack, type ShopTraffic } from "../support/embedded-stack";
import { type CountedLoad } from "./counted-load";

/** The traffic of a stack whose canary weight is 0. */
export const blueServes: ShopTraffic = { main: "shop-blue", canary: "shop-green", weight: "0" };
export const greenServes: ShopTraffic = { main: "shop-green", canary: "shop-blue", weight: "0" };

/** What every declaration of these cases changes in the checkout's config, so that a refusal takes seconds. */
export const quick: Changes = { readyTimeout: "8s", drain: "1s", "gate.timeout": "3s" };

type Signal = "SIGINT" | "SIGTERM" | "SIGKILL";

/** A stack under load, and what was done to it. */
export class World {
  /** How often the cases were run before: with each round another signal comes at a boundary. */
  round = 0;
  /** Updates that moved traffic or were refused to. */
  transitions = 0;
  /** Updates, or parts of the platform, that were ended in the middle of one. */
  interruptions = 0;

  constructor(
    readonly cluster: EmbeddedCluster,
    readonly stack: EmbeddedStack,
    readonly load: CountedLoad,
  ) {}

  /** One transition that must succeed, to this traffic. Gives what was printed. */
  move(changes: Changes, to: ShopTraffic): string {
    const { out } = this.stack.reach(changes);
    this.transitions += 1;
    assert.deepEqual(this.stack.shopTraffic(), to);
    return out;
  }

  /** Back to blue and nothing else declared, as every case begins and ends. */
  home(): string {
    return this.move({}, blueServes);
  }

  /** One transition that must be refused, for this reason, and move nothing. */
  refused(changes: Changes, reason: RegExp): void {
    const before = this.stack.shopTraffic();
    this.stack.declare(changes);
    const { ok, out } = this.stack.up();
    this.transitions += 1;
    assert.equal(ok, false, out);
    assert.match(out, reason);
    assert.deepEqual(this.stack.shopTraffic(), before);
  }

  /**
   * One transition to green that is interrupted at its `boundary`th boundary by `interrupt`. Whatever it left must be the
   * old or the new traffic; the next update must end it.
   *
   * @returns false when the update ended before it came to that boundary.
   */
  async interrupted(boundary: number, interrupt: (stop: (signal: Signal) => Promise<void>) => Promise<void>) {
    this.stack.declare({ activeColor: "green" });
    const update = this.stack.startUp();
    const reached = await update.boundary(boundary);
    if (reached) {
      await interrupt((signal) => update.stop(signal));
      this.interruptions += 1;
    }
    await update.ended;
    await this.oldOrNew();
    this.stack.unlock();
    this.move({ activeColor: "green" }, greenServes);
    this.home();
    return reached;
  }

  /** All answers of a second come from one color: the flip has not happened, or it has. */
  async oldOrNew(): Promise<void> {
    await this.load.nextSecond(); // In which the controller takes over what was written last.
    const answers = await this.load.nextSecond();
    const seen = new Set(answers.filter((answer) => !isLost(answer)).map(({ color }) => color));
    assert.equal(seen.size, 1, `a flip that was interrupted left ${[...seen].join(" and ")} serving`);
  }

  /**
   * Kills a part of the cluster, mends it, and waits until the live host answers again. Its losses are counted apart. A kubelet
   * that begins anew is up before it looks at its pods, and only then takes them out of the endpoints until their probes pass.
   */
  async outage(part: string): Promise<void> {
    const wanted = part === "kubelet" ? 10 : 1;
    await this.load.duringOutage(async () => {
      this.cluster.kill(part);
      await this.cluster.mend();
      for (let clean = 0; clean < wanted;) clean = (await this.load.nextSecond()).some(isLost) ? 0 : clean + 1;
    });
  }
}
