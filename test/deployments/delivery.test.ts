import assert from "node:assert/strict";
import { Delivery } from "../../deployments/delivery";
import { parseDelivery } from "../../deployments/settings";
import { type Registered, registeredBy } from "../support/mocks";

const good = {
  organization: "acme",
  repository: "acme/shop-release",
  stacks: {
    dev: { deployCommits: true, reviewStacks: true, ttl: "2027-01-31T23:59:00Z" },
    prod: {
      drift: "0 * * * *",
      tags: { tier: "prod" },
      environment: { CYAN_CANARY_WEIGHT: "5" },
      oidc: { aws: { roleARN: "arn:aws:iam::123456789012:role/release", sessionName: "cyan" } },
    },
  },
  webhook: { url: "https://hooks.example.com/cyan", format: "slack", secret: "hunter2" },
  policyGroup: { name: "cyan", packs: [{ name: "cyan-prod", version: "0.1.0" }] },
};

function settingsOf(raw: Readonly<Record<string, unknown>>) {
  const parsed = parseDelivery(raw);
  if ("problems" in parsed) assert.fail(JSON.stringify(parsed.problems));
  return parsed.settings;
}

/** What a resource was declared with, as plain data. */
const inputsOf = async (registered: Promise<ReadonlyMap<string, Registered>>, name: string): Promise<unknown> =>
  (await registered).get(name)?.inputs ?? assert.fail(name);

const problemsOf = (raw: Readonly<Record<string, unknown>>): string[] => {
  const parsed = parseDelivery(raw);
  return "problems" in parsed ? parsed.problems.map(({ path, message }) => `${path}: ${message}`) : [];
};

describe("the stacks that Pulumi Deployments runs", () => {
  const registered = registeredBy(() => new Delivery("delivery", settingsOf(good)));

  it("have exactly these resources, all of them children of one component", async () => {
    const all = [...(await registered).values()].filter(({ type }) => type.startsWith("pulumiservice:"));
    assert.deepEqual(
      all.map(({ type, name, parent }) => `${type} ${name} ${parent}`).toSorted(),
      [
        "pulumiservice:index:DeploymentSettings delivery-dev delivery",
        "pulumiservice:index:DeploymentSettings delivery-prod delivery",
        "pulumiservice:index:DriftSchedule delivery-prod-drift delivery",
        "pulumiservice:index:PolicyGroup delivery-policies delivery",
        "pulumiservice:index:StackTag delivery-prod-tag-tier delivery",
        "pulumiservice:index:TtlSchedule delivery-dev-ttl delivery",
        "pulumiservice:index:Webhook delivery-dev-webhook delivery",
        "pulumiservice:index:Webhook delivery-prod-webhook delivery",
      ].map((line) =>
        line.replace(/^(cyan\S+ \S+ )$/, `$1${all.find(({ name }) => name === "delivery")?.parent ?? ""}`),
      ),
    );
  });

  it("are deployed from git, and never leave out a step between two", async () => {
    const { operationContext, ...rest } = (await inputsOf(registered, "delivery-prod")) as Record<string, unknown>;
    assert.deepEqual(rest, {
      organization: "acme",
      project: "cyan",
      stack: "prod",
      sourceContext: { git: { branch: "main", repoDir: "." } },
      github: {
        repository: "acme/shop-release",
        deployCommits: false,
        previewPullRequests: true,
        pullRequestTemplate: false,
      },
    });
    // Its environment may hold a secret, and makes a secret of all of it.
    const { value } = operationContext as { value: unknown };
    assert.deepEqual(value, {
      preRunCommands: [
        'if [ -n "$CYAN_ACTIVE_COLOR" ]; then pulumi config set activeColor "$CYAN_ACTIVE_COLOR"; fi',
        'if [ -n "$CYAN_CANARY_WEIGHT" ]; then pulumi config set canaryWeight "$CYAN_CANARY_WEIGHT"; fi',
      ],
      environmentVariables: { CYAN_CANARY_WEIGHT: "5" },
      oidc: good.stacks.prod.oidc,
      options: { skipIntermediateDeployments: false },
    });
  });

  it("are looked at for drift, which is told and never taken back by itself", async () => {
    const prod = { organization: "acme", project: "cyan", stack: "prod" };
    assert.deepEqual(await inputsOf(registered, "delivery-prod-drift"), {
      ...prod,
      scheduleCron: "0 * * * *",
      autoRemediate: false,
    });
    const webhook = JSON.stringify(await inputsOf(registered, "delivery-prod-webhook"));
    assert.match(webhook, /drift_detected/);
    assert.match(webhook, /"format":"slack"/);
  });

  it("keep what may be a secret out of the component's own inputs", async () => {
    assert.deepEqual(await inputsOf(registered, "delivery"), {
      organization: "acme",
      project: "cyan",
      repository: "acme/shop-release",
      folder: ".",
      stacks: ["dev", "prod"],
    });
  });

  it("are judged by the published packs", async () => {
    assert.deepEqual(await inputsOf(registered, "delivery-policies"), {
      organizationName: "acme",
      name: "cyan",
      entityType: "stacks",
      mode: "preventative",
      policyPacks: [{ name: "cyan-prod", versionTag: "0.1.0" }],
      stacks: ["dev", "prod"].map((name) => ({ name, routingProject: "cyan" })),
    });
  });
});

describe("a config of deployments that is wrong", () => {
  it("is told everything at once, with the path and what would be right", () => {
    assert.deepEqual(
      problemsOf({
        repository: "shop",
        stacks: { dev: { brunch: "main", ttl: "tomorrow" } },
        webhook: { url: "http://hooks.example.com" },
      }),
      [
        "organization: is missing; write the name of the Pulumi Cloud organization",
        "repository: is no repository of GitHub; write owner/name",
        "stacks.dev.ttl: write a time such as 2026-12-31T23:59:00Z",
        "stacks.dev.brunch: unknown key; did you mean branch?",
        "webhook.url: write a URL that begins with https://",
      ],
    );
  });

  it("takes an empty object, which the engine hands over for a key that was not set, for none", () => {
    assert.deepEqual(problemsOf({ ...good, webhook: {}, policyGroup: {} }), []);
  });
});
