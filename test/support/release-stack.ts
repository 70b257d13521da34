import { type Ending, type ReleaseStack } from "../../driver/automation/release-stack";
import { type Color } from "../../components/model/color";
import { type Traffic } from "../../components/model/traffic";
import { type Live } from "../../components/model/live";
import { type LiveTraffic } from "../../driver/rollout/work";

type Answer = Ending | ((stack: FakeStack, signal: AbortSignal) => Promise<Ending> | Ending);

/** A stack and its cluster: an update makes live what is declared, unless the test has another end for it. */
export class FakeStack implements ReleaseStack, LiveTraffic {
  readonly name = "dev";
  readonly config: Record<string, string> = {};
  live: Traffic = { activeColor: "blue", canaryWeight: 0 };
  /** What was done, in order. */
  readonly log: string[] = [];
  /** Ends of the next previews and updates, the rest succeed. */
  previews: Answer[] = [];
  ups: Answer[] = [];
  readonly tags: Record<string, string> = {};
  /** While set, the backend takes no tag. */
  untagged: Error | undefined;
  /** While set, live traffic cannot be moved past the engine. */
  frozen: Error | undefined;

  declare(values: Readonly<Record<string, string>>): Promise<void> {
    Object.assign(this.config, values);
    return Promise.resolve();
  }

  async preview(signal: AbortSignal): Promise<Ending> {
    const answer = this.previews.shift() ?? { kind: "done" };
    return typeof answer === "function" ? answer(this, signal) : answer;
  }

  async up(message: string, signal: AbortSignal): Promise<Ending> {
    this.log.push(message.replace(/^rollout \S+ /, ""));
    const answer = this.ups.shift() ?? ((stack) => stack.bringOut());
    return typeof answer === "function" ? answer(this, signal) : answer;
  }

  tag(name: string, value: string): Promise<void> {
    if (this.untagged !== undefined) return Promise.reject(this.untagged);
    this.tags[name] = value;
    return Promise.resolve();
  }

  /** What an update does that succeeds. */
  bringOut(): Ending {
    this.live = { activeColor: this.config["activeColor"] as Color, canaryWeight: Number(this.config["canaryWeight"]) };
    return { kind: "done" };
  }

  move(traffic: Traffic): Promise<void> {
    if (this.frozen !== undefined) return Promise.reject(this.frozen);
    this.log.push(`led back to ${traffic.activeColor} ${traffic.canaryWeight}`);
    this.live = traffic;
    return Promise.resolve();
  }

  read(): Promise<Live> {
    const { activeColor, canaryWeight } = this.live;
    const environment = { ready: 2, replicas: 2 };
    const idle = activeColor === "blue" ? "green" : "blue";
    const route = { active: activeColor, canary: { color: idle, weight: canaryWeight } } as const;
    return Promise.resolve({
      known: true,
      services: [{ name: "shop", route, inside: activeColor, environments: { blue: environment, green: environment } }],
    });
  }
}
