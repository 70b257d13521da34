import assert from "node:assert/strict";
import { Release, releaseArgs } from "../../components/release";
import { rules } from "../../policies/rules/catalogue";
import { packs, policiesOf } from "../../policies/rules/rule";
import { settingsOf } from "../components/fixtures";
import { registeredBy } from "../support/mocks";
import { changed, isStackRule, type Judged, readsOf, unknown, UnknownValueError, violations } from "../support/policy";
import { budget, canary, compliant, config, deployment, judged, liveAt, main, release } from "./fixtures";

/** For each rule, a resource in which something that the rule reads is not known in the preview. */
const pod = (path: string): Judged => judged.deployment(changed(deployment, `spec.template.spec.${path}`, unknown));
const container = (path: string): Judged => pod(`containers.0.${path}`);
const moving = release({ canaryWeight: 20 });
const of = (judgedBefore: Judged, path: string): Judged => ({
  ...judgedBefore,
  props: changed(judgedBefore.props, path, unknown),
});
const unknowns: Readonly<Record<string, readonly Judged[]>> = {
  "known-traffic": [of(moving, "transition.services")],
  "weight-limit": [of(moving, "traffic.canaryWeight")],
  "weight-step": [of(moving, "transition.services.0.next")],
  "canary-before-flip": [of(moving, "transition.services.0.previous")],
  "idle-capacity": [of(moving, "transition.services.0.colors.green.ready")],
  "gate-force": [of(moving, "gate.force")],
  "soak-time": [of(moving, "transition.lastMovedAt")],
  "freeze-window": [of(moving, "transition.rollback")],
  "active-image": [of(moving, "transition.services.0.colors.blue.image")],
  "one-color-image": [of(moving, "transition.services.0.colors.green.image")],
  "image-digest": [of(moving, "services.0.workloads.green.image")],
  "image-tag": [of(moving, "services.0.workloads.green.image")],
  "image-registry": [of(moving, "services.0.workloads.green.image")],
  "color-parity": [of(moving, "services.0.workloads.green.containerPort")],
  "min-replicas": [of(moving, "services.0.workloads.blue.replicas")],
  "disruption-budget": [judged.deployment(changed(deployment, "spec.replicas", unknown))],
  probes: [pod("containers")],
  "resource-limits": [container("resources.requests")],
  "pod-security": [container("securityContext.runAsNonRoot")],
  "plain-secrets": [of(release({ services: withEnv({ A: "b" }) }), "services.0.workloads.blue.env.A")],
  "drain-time": [of(moving, "drain.seconds")],
  "seccomp-profile": [pod("securityContext.seccompProfile.type")],
  "service-account-token": [pod("automountServiceAccountToken")],
  "topology-spread": [pod("topologySpreadConstraints")],
  "required-labels": [judged.deployment(changed(deployment, "metadata.labels", unknown))],
  tls: [judged.ingress(changed(main, "spec.rules.0.host", unknown))],
  "wildcard-host": [judged.ingress(changed(main, "spec.rules.0.host", unknown))],
  "canary-service": [judged.ingress(changed(main, "metadata.annotations", unknown))],
  "unique-route": [judged.ingress(changed(main, "spec.rules.0.host", unknown))],
};

function withEnv(env: Record<string, string>) {
  return { shop: { ...config.services.shop, env } };
}

/** Config under which a rule looks at all; most do by their defaults. */
const needed: Readonly<Record<string, Record<string, unknown>>> = { "image-registry": { registries: ["ghcr.io"] } };

describe("every rule", () => {
  it("has a name of its own, and says what, why and what to do", () => {
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
    for (const { name, description, why, remediationSteps, severity, configSchema } of rules) {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/);
      for (const text of [description, why, remediationSteps]) assert.match(text, /^.{15,}$/, name);
      assert.ok(["low", "medium", "high", "critical"].includes(severity), name);
      for (const [option, schema] of Object.entries(configSchema?.properties ?? {})) {
        assert.ok(schema.default !== undefined && schema.description !== undefined, `${name}.${option}`);
      }
    }
  });

  it("is at least as strict in production as in development", () => {
    const strictness = ["disabled", "advisory", "remediate", "mandatory"];
    for (const { name, levels } of rules) {
      assert.ok(strictness.indexOf(levels.prod) >= strictness.indexOf(levels.dev), name);
    }
  });

  it("is in both packs, at the pack's level", () => {
    for (const pack of packs) {
      const policies = policiesOf(rules, pack);
      assert.deepEqual(
        policies.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
        rules.map(({ name, levels }) => [name, levels[pack]]),
      );
      assert.ok(policies.every((policy) => !("why" in policy) && !("levels" in policy)));
    }
  });

  for (const rule of rules) {
    it(`accepts a compliant stack: ${rule.name}`, () => {
      assert.deepEqual(violations(rule, compliant), []);
    });

    it(`tells the engine when a preview does not know what it reads: ${rule.name}`, () => {
      const resources = unknowns[rule.name] ?? assert.fail(`no unknown value for ${rule.name}`);
      assert.throws(() => violations(rule, resources, { config: needed[rule.name] ?? {} }), UnknownValueError);
    });

    it(`looks at nothing else: ${rule.name}`, () => {
      const other = { type: "kubernetes:core/v1:ConfigMap", props: { data: { a: unknown } } };
      assert.deepEqual(violations(rule, [other]), []);
    });
  }

  it("accepts what Cyan itself declares, at rest and with a canary", async () => {
    for (const [change, live] of [
      [{}, liveAt(0)],
      [{ canaryWeight: 20 }, liveAt(0)],
    ] as const) {
      const settings = settingsOf({ ...config, ...change });
      const registered = await registeredBy(() => new Release("r", releaseArgs(settings, live)));
      const resources = [...registered.values()].map(({ type, inputs, ignoreChanges }): Judged => {
        return { type, props: inputs as object, ignoreChanges };
      });
      for (const rule of rules) assert.deepEqual(violations(rule, resources), [], rule.name);
    }
  });
});

/** What the rules on several resources look at, of as many services as are asked for. */
function declared(services: number): Judged[] {
  return Array.from({ length: services }, (_, index) => `shop-${index}`).flatMap((app) => [
    judged.deployment(changed(deployment, "spec.template.metadata.labels.app", app)),
    judged.budget(changed(budget, "spec.selector.matchLabels.app", app)),
    ...[main, canary].map((each) => {
      const led = changed(each, "spec.rules.0.http.paths.0.backend.service.name", `${app}-${each.metadata.name}`);
      return judged.ingress(changed(led, "spec.rules.0.http.paths.0.path", `/${app}`));
    }),
  ]);
}

describe("a rule on several resources", () => {
  for (const rule of rules.filter(isStackRule)) {
    it(`reads each as often among many as among few: ${rule.name}`, () => {
      assert.deepEqual(violations(rule, declared(3)), []);
      assert.equal(readsOf(rule, declared(40)), 10 * readsOf(rule, declared(4)));
    });
  }
});

describe("a disruption budget of another Deployment", () => {
  it("does not count", () => {
    const rule = rules.find(({ name }) => name === "disruption-budget") ?? assert.fail();
    const other = changed(budget, "metadata.namespace", "cart");
    assert.deepEqual(violations(rule, [judged.deployment(), judged.budget(other)]), [
      "shop-blue: has 2 replicas and no disruption budget",
    ]);
  });
});
