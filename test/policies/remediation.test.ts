import assert from "node:assert/strict";
import { requiredLabels } from "../../policies/rules/required-labels";
import { type Rule } from "../../policies/rules/rule";
import { seccompProfile } from "../../policies/rules/seccomp-profile";
import { serviceAccountToken } from "../../policies/rules/service-account-token";
import { topologySpread } from "../../policies/rules/topology-spread";
import { changed, type Circumstances, remedied, violations } from "../support/policy";
import { deployment, judged, main } from "./fixtures";

const pod = (path: string, value: unknown) => changed(deployment, `spec.template.spec.${path}`, value);
const spread = {
  maxSkew: 1,
  topologyKey: "kubernetes.io/hostname",
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels: { app: "shop" } },
};
const team = { config: { labels: { team: "shop" } } };

type Case = [rule: Rule, broken: object, messages: string[], mended: object, circumstances?: Circumstances];

const cases: Case[] = [
  [
    seccompProfile,
    pod("securityContext.seccompProfile", undefined),
    ["shop-blue: its pods have no seccomp profile"],
    deployment,
  ],
  [
    seccompProfile,
    pod("securityContext.seccompProfile.type", "Unconfined"),
    ["shop-blue: its pods have no seccomp profile"],
    deployment,
  ],
  [
    serviceAccountToken,
    pod("automountServiceAccountToken", undefined),
    ["shop-blue: its pods get a service account's token"],
    deployment,
  ],
  [
    topologySpread,
    pod("topologySpreadConstraints", []),
    ["shop-blue: its pods may all be on one node"],
    pod("topologySpreadConstraints", [spread]),
  ],
  [
    requiredLabels,
    deployment,
    ["shop-blue: has no label team", "shop-blue: its pods have no label team"],
    changed(changed(deployment, "metadata.labels.team", "shop"), "spec.template.metadata.labels.team", "shop"),
    team,
  ],
];

describe("a rule that remediates", () => {
  for (const [rule, broken, messages, mended, circumstances] of cases) {
    it(`${rule.name} mends what it refuses, changes nothing else, and is then content`, () => {
      assert.deepEqual(violations(rule, [judged.deployment(broken)], circumstances), messages);
      assert.deepEqual(remedied(rule, judged.deployment(broken), circumstances), mended);
      assert.deepEqual(violations(rule, [judged.deployment(mended)], circumstances), []);
    });

    it(`${rule.name} leaves alone what it accepts, and what is no Deployment`, () => {
      assert.equal(remedied(rule, judged.deployment(mended), circumstances), undefined);
      assert.equal(remedied(rule, judged.ingress(main), circumstances), undefined);
    });
  }

  it("service-account-token excepts the Deployments that call the API server", () => {
    const broken = judged.deployment(pod("automountServiceAccountToken", true));
    const excepting = { config: { except: ["shop-blue"] } };
    assert.deepEqual(violations(serviceAccountToken, [broken], excepting), []);
    assert.equal(remedied(serviceAccountToken, broken, excepting), undefined);
  });

  it("topology-spread leaves one replica alone", () => {
    const single = judged.deployment(changed(pod("topologySpreadConstraints", []), "spec.replicas", 1));
    assert.deepEqual(violations(topologySpread, [single]), []);
  });

  it("required-labels does not write over a label that is there", () => {
    const labelled = changed(deployment, "metadata.labels.team", "cart");
    const { metadata } = remedied(requiredLabels, judged.deployment(labelled), team) as typeof labelled;
    assert.equal((metadata.labels as Record<string, string>)["team"], "cart");
  });
});
