import assert from "node:assert/strict";
import { connect } from "../../components/live/connect";
import { type RouterKind } from "../../components/model/settings";
import { type Traffic } from "../../components/model/traffic";
import { liveRouters } from "../../components/routers/live";
import { tally } from "../../sandbox/demo/load/answer";
import { type RunningLoad } from "../../sandbox/demo/load/client";
import { type Changes, type EmbeddedStack } from "./embedded-stack";
import { assertShare, servedBy, startLoad, type Way } from "./measured-traffic";

/** Pods that come and go quickly; the color that a weight leaves keeps its pods. */
export const quickPods: Changes = {
  ...{ readyTimeout: "60s", drain: "1s" },
  ...{ "services.shop.readyFor": "1s", "services.shop.preStop": "2s" },
};
const blue: Traffic = { activeColor: "blue", canaryWeight: 0 };
const green: Traffic = { activeColor: "green", canaryWeight: 0 };

/** A router's config, and how its requests go. */
export interface Led {
  readonly router: RouterKind;
  readonly changes: Changes;
  readonly way: Way;
}

/** A stack under a load that goes on through all that is done to it: none of its requests may be lost. */
export class LoadedStack {
  private load: RunningLoad | undefined;

  /** @param stack the stack, once a hook has made it. */
  constructor(private readonly stack: () => EmbeddedStack) {}

  /** Begins the load when blue alone serves what is declared so. */
  async begin(changes: Changes, way: Way): Promise<void> {
    this.reach(changes);
    await servedBy("blue", way);
    this.load = startLoad({ rate: 50, count: 150_000 }, way);
    await this.load.begun;
  }

  async end(): Promise<void> {
    await this.load?.stop();
  }

  /** Declares, and updates, which must not find that anyone edited what it left. */
  reach(changes: Changes): void {
    assert.doesNotMatch(this.stack().reach(changes).out, /edited by hand/);
  }

  nothingLost(): void {
    const { requests, lost, losses } = tally(this.load?.answers ?? []);
    assert.ok(requests > 0, "no request was sent");
    assert.equal(lost, 0, JSON.stringify(losses));
  }

  /** What a router that splits has to show. */
  shows(led: Led, weights: readonly (readonly [number, number])[]): void {
    it("takes over without a loss", async () => {
      this.reach({ ...led.changes, router: led.router });
      await servedBy("blue", led.way);
      this.nothingLost();
    });
    this.splits(led, weights);
    this.leadsBack(led);
    this.flips(led);
  }

  /** The router splits as declared. @param weights with the share that each is given as. */
  private splits({ router, changes, way }: Led, weights: readonly (readonly [number, number])[]): void {
    for (const [canaryWeight, given] of weights) {
      it(`gives ${given} % of the requests to the canary at a weight of ${canaryWeight}`, async () => {
        this.reach({ ...changes, router, canaryWeight });
        await assertShare(given, way);
        this.nothingLost();
      });
    }
  }

  /** A weight that is declared is taken back without the engine. */
  private leadsBack({ router, changes, way }: Led): void {
    it("leads all requests back past the engine without a loss, and the next update goes on from there", async () => {
      const config = { kubeconfig: this.stack().environment["KUBECONFIG"] ?? "" };
      await liveRouters[router].move(await connect("cyan-dev", config), ["shop"], blue);
      await servedBy("blue", way);
      this.reach({ ...changes, router });
      await servedBy("blue", way);
      this.nothingLost();
    });
  }

  flips({ router, changes, way }: Led): void {
    it("flips and rolls back without a loss", async () => {
      for (const traffic of [green, blue]) {
        this.reach({ ...changes, router, ...traffic });
        await servedBy(traffic.activeColor, way);
      }
      this.nothingLost();
    });
  }
}
