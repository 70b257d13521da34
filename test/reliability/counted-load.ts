import { entrance } from "../../sandbox/cluster/access";
import { type SandboxPaths } from "../../sandbox/cluster/paths";
import { type Answer, isLost, tally } from "../../sandbox/demo/load/answer";
import { RunningLoad } from "../../sandbox/demo/load/client";

/** From one instant to another, in milliseconds since 1970. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** What became of the requests of a load. */
export interface Counts {
  readonly requests: number;
  /** Lost while every part of the platform ran: these are the transitions' own. */
  readonly lost: number;
  /** Lost requests by what became of them. */
  readonly losses: Readonly<Record<string, number>>;
  /** Lost while a part of the platform that carries requests was killed and came back: its own loss. */
  readonly lostByPlatform: number;
}

/** A steady load on the live host, each of whose requests is counted. */
export class CountedLoad {
  private readonly outages: Span[] = [];

  private constructor(private readonly load: RunningLoad) {}

  /** Starts when the live host answers every request of half a second. @param rate requests a second. */
  static async start(paths: SandboxPaths, rate: number, seconds: number): Promise<CountedLoad> {
    const { origin, anywhere, wrap } = entrance(paths);
    const order = { origin, anywhere, host: "shop.localhost", path: "/", rate, timeout: 5_000 };
    for (let lost = 1; lost > 0;) {
      const probe = RunningLoad.start({ ...order, count: Math.ceil(rate / 2) }, wrap);
      await probe.finished;
      ({ lost } = tally(probe.answers));
    }
    const load = RunningLoad.start({ ...order, count: rate * seconds }, wrap);
    await load.begun;
    return new CountedLoad(load);
  }

  /** Counts what is lost during `action` as the platform's own losses. */
  async duringOutage(action: () => Promise<void>): Promise<void> {
    const from = Date.now();
    await action();
    this.outages.push({ from, to: Date.now() });
  }

  /** The answers to a second of requests that are sent from now on. */
  async nextSecond(): Promise<readonly Answer[]> {
    const from = Date.now();
    while (!this.load.answers.some(({ at }) => at > from + 1_000)) {
      await Promise.race([this.load.nextAnswer(), this.load.finished]);
    }
    return this.load.between(from, from + 1_000);
  }

  counts(): Counts {
    const during = (answer: Answer): boolean =>
      this.outages.some(({ from, to }) => answer.at >= from && answer.at < to);
    const { lost, losses, requests } = tally(this.load.answers.filter((answer) => !during(answer)));
    const apart = this.load.answers.filter(during);
    return { requests: requests + apart.length, lost, losses, lostByPlatform: apart.filter(isLost).length };
  }

  async stop(): Promise<void> {
    await this.load.stop();
  }
}
