import assert from "node:assert/strict";
import { parseSettings } from "../../../components/config/settings";
import { type Settings } from "../../../components/model/settings";
import { UserError } from "../../../driver/invocation";
import { planRollout, type RolloutOptions, settingsBefore } from "../../../driver/rollout/plan-rollout";
import { firstState } from "../../../driver/rollout/state";
import { goodConfig } from "../../components/fixtures";

function settings(config: Readonly<Record<string, unknown>> = {}): Settings {
  const parsed = parseSettings({ ...goodConfig, ...config });
  if ("problems" in parsed) assert.fail(JSON.stringify(parsed.problems));
  return parsed.settings;
}

describe("the plan of a rollout", () => {
  it("is the config's, and the command line wins", () => {
    const rollout = { steps: [10], interval: "5m", approve: true, onIdleTimeout: "abort", analysis: "a.yaml" };
    assert.deepEqual(planRollout({}, settings({ rollout })), {
      from: "blue",
      to: "green",
      weights: [10],
      interval: 300,
      approve: true,
      idleTimeout: 3600,
      analysis: "a.yaml",
      images: [],
    });
    const options: RolloutOptions = { steps: "5, 20", interval: "0", autoPromote: true, analysis: "none" };
    const plan = planRollout({ ...options, onIdleTimeout: "wait" }, settings({ rollout }));
    assert.deepEqual(plan, {
      from: "blue",
      to: "green",
      weights: [5, 20],
      interval: 0,
      approve: false,
      analysis: false,
      images: [],
    });
  });

  it("takes no requests from a release that has a share already", () => {
    assert.deepEqual(planRollout({}, settings({ canaryWeight: "20" })).weights, [20, 50]);
  });

  it("gives an image to the idle color, and keeps what it had", () => {
    const plan = planRollout({ image: ["shop=registry:5000/shop:3"] }, settings({ activeColor: "green" }));
    assert.equal(plan.to, "blue");
    const before = goodConfig.services.shop.blue.image;
    assert.deepEqual(plan.images, [{ service: "shop", image: "registry:5000/shop:3", before }]);
  });

  it("means the same when it is asked for again, also when the flip has made its color the active one", () => {
    const [config, options] = [settings(), { to: "green", steps: "50" }];
    const plan = planRollout(options, config);
    const flipped = settings({ activeColor: "green" });
    assert.deepEqual(planRollout(options, settingsBefore(flipped, firstState("1", plan))), plan);
    assert.equal(settingsBefore(flipped, undefined), flipped);
  });

  for (const [options, message] of [
    [{ to: "blue" }, "--to blue: blue serves already; roll out to green"],
    [{ to: "red" }, "--to red: write green"],
    [{ steps: "5,5" }, "--steps 5,5: write rising weights from 1 to 99, such as 5,20,50"],
    [{ steps: "50,100" }, "--steps 50,100: write rising weights from 1 to 99, such as 5,20,50"],
    [{ steps: "few" }, "--steps few: write rising weights from 1 to 99, such as 5,20,50"],
    [{ interval: "soon" }, "--interval soon: write a duration such as 30s, 5m or 1h"],
    [{ approve: true, autoPromote: true }, "--approve and --auto-promote exclude each other"],
    [{ onIdleTimeout: "promote" }, "--on-idle-timeout promote: choose one of wait, abort"],
    [{ image: ["shop"] }, "--image shop: write SERVICE=IMAGE, such as shop=registry.example.com/shop:2"],
    [{ image: ["cart=a:1"] }, "--image cart=a:1: there is no service cart; there are shop"],
    [
      { image: ["shop=registry:5000/shop"] },
      "--image shop=registry:5000/shop: has no tag or digest; write name:tag or name@sha256:…",
    ],
  ] as const satisfies readonly (readonly [RolloutOptions, string])[]) {
    it(`is refused with one message: ${message}`, () => {
      assert.throws(
        () => planRollout(options, settings()),
        (error) => error instanceof UserError && error.message === message,
      );
    });
  }
});
