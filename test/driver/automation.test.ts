import assert from "node:assert/strict";
import { GateError } from "../../components/gates/gate";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Findings } from "../../driver/automation/findings";
import { packFlags } from "../../driver/automation/local-stack";
import { allDead, lockOwners } from "../../driver/automation/lock";
import { packsOf } from "../../driver/rollout/session";
import { goodConfig, settingsOf } from "../components/fixtures";

const event = (partial: Partial<EngineEvent>): EngineEvent => ({ sequence: 1, timestamp: 0, ...partial });
const policy = (enforcementLevel: "mandatory" | "warning") =>
  event({
    policyEvent: {
      resourceUrn: "urn",
      message: "<{%reset%}>it is Friday<{%reset%}>\n",
      color: "never",
      policyName: "no-friday",
      policyPackName: "prod",
      policyPackVersion: "1.0.0",
      policyPackVersionTag: "1.0.0",
      enforcementLevel,
    },
  });
const error = (message: string) => event({ diagnosticEvent: { message, color: "never", severity: "error" } });

function ending(...events: readonly EngineEvent[]) {
  const findings = new Findings();
  for (const each of events) findings.add(each);
  return findings.ending("one\ntwo");
}

describe("the policy packs that a stack is checked with", () => {
  it("have a config each as soon as one has, which may be none", () => {
    const [dev, prod] = [{ folder: "policies/dev" }, { folder: "policies/prod", config: "prod.json" }];
    const folders = ["policies/dev", "policies/prod"];
    assert.deepEqual(packFlags([dev, prod]), { policyPacks: folders, policyPackConfigs: ["", "prod.json"] });
    assert.deepEqual(packFlags([dev]), { policyPacks: ["policies/dev"], policyPackConfigs: [] });
  });

  it("are those of the command too, with a config for each or for none", () => {
    const packs = { policyPack: ["a", "b"], policyPackConfig: ["a.json", "b.json"] };
    const both = [
      { folder: "a", config: "a.json" },
      { folder: "b", config: "b.json" },
    ];
    assert.deepEqual(packsOf(packs), both);
    assert.deepEqual(packsOf({ policyPack: ["a"] }), [{ folder: "a" }]);
    assert.throws(() => packsOf({ ...packs, policyPackConfig: ["a.json"] }), {
      name: "UserError",
      message: "--policy-pack-config: 1 for 2 of --policy-pack; write one for each, in their order",
    });
  });

  it("are a folder in the config of a stack, or a folder and its config", () => {
    const prod = { folder: "policies/prod", config: "prod.json" };
    const { rollout } = settingsOf({ ...goodConfig, rollout: { policyPacks: ["policies/dev", prod] } });
    assert.deepEqual(rollout.policyPacks, [{ folder: "policies/dev" }, prod]);
  });
});

describe("why an operation on a stack did not succeed", () => {
  it("is a refusal when a mandatory policy was violated, and not when an advisory one was", () => {
    assert.deepEqual(ending(policy("mandatory"), error("update failed")), {
      kind: "refused",
      why: "prod, no-friday: it is Friday",
    });
    assert.deepEqual(ending(policy("warning"), error("no connection")), { kind: "failed", why: "no connection" });
  });

  it("is a refusal when the gate did not hold, or the program refused the transition", () => {
    for (const why of [
      "the gate did not hold within 3s, and no traffic was moved:\n  shop green: 1 of 2",
      "refused, nothing was changed:\n  services.shop.blue.image",
    ]) {
      assert.deepEqual(ending(error(why), error("update failed")), { kind: "refused", why });
    }
  });

  it("is no refusal where the gate found pods serving that the update had added: they are to be taken away again", () => {
    const { message } = new GateError("http", "2s", ["shop green answered 500"], "replicas");
    assert.deepEqual(ending(error(message)), { kind: "failed", why: message });
  });

  it("is what the command printed when the engine has said nothing", () => {
    assert.deepEqual(ending(), { kind: "failed", why: "one\ntwo" });
  });

  it("is another update that has the stack, which is taken for dead only when all its processes here are gone", () => {
    const said =
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock " +
      "file with `pulumi cancel`.\n  file:///state/.pulumi/locks/a.json: created by ada@one (pid 41) at 2026-11-24T12:00:00Z";
    const owners = lockOwners(said) ?? assert.fail("not seen as locked");
    assert.deepEqual(owners, [{ host: "one", pid: 41 }]);
    assert.ok(allDead(owners, "one", () => false));
    assert.ok(!allDead(owners, "one", () => true));
    assert.ok(!allDead(owners, "two", () => false));
    assert.deepEqual(lockOwners("[409] Conflict: Another update is currently in progress."), []);
    assert.ok(!allDead([], "one", () => false));
    assert.equal(lockOwners("no connection"), undefined);
  });
});
