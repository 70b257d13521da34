import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { knownKeys } from "../components/config/known-keys";
import { parseSettings } from "../components/config/settings";
import { noticeChoices } from "../components/model/rollout";
import { choosingPage } from "../docs/choosing";
import { planSchema, routersPage } from "../docs/generate";
import { policiesPage } from "../docs/policies-page";

const read = (name: string): string => readFileSync(join(__dirname, "..", name), "utf8");
const yaml = (name: string): Record<string, Record<string, unknown>> =>
  parse(read(name)) as Record<string, Record<string, unknown>>;

/** The values of a stack's file, as the program gets them. */
function configOf(stack: string): Record<string, unknown> {
  const { config = {} } = yaml(`Pulumi.${stack}.yaml`);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^cyan:/, ""), value]));
}

describe("the project's own files", () => {
  for (const stack of ["dev", "prod"]) {
    it(`hold a config for ${stack} that is right, without a warning`, () => {
      const parsed = parseSettings(configOf(stack));
      assert.deepEqual("problems" in parsed ? parsed.problems : parsed.warnings, []);
    });
  }

  it("declare in Pulumi.yaml each key that the program reads, with a type, a description and a default", () => {
    const { config = {} } = yaml("Pulumi.yaml") as Record<
      string,
      Record<string, { type?: string; description?: string; default?: unknown }>
    >;
    assert.deepEqual(Object.keys(config).toSorted(), [...knownKeys([])].toSorted());
    for (const [key, { type, description, default: value }] of Object.entries(config)) {
      assert.ok(type !== undefined && description !== undefined, key);
      // The engine wants a value of each key that has none.
      assert.ok(value !== undefined || key === "services", key);
    }
  });

  it("declare the same defaults in Pulumi.yaml as the program has", () => {
    const { config = {} } = yaml("Pulumi.yaml") as Record<string, Record<string, { default?: unknown }>>;
    const defaults = Object.fromEntries(
      Object.entries(config).flatMap(([key, value]) => (value.default === undefined ? [] : [[key, value.default]])),
    );
    const { services } = configOf("dev");
    assert.deepEqual(parseSettings({ ...defaults, services }), parseSettings({ services }));
  });

  it("say in docs/routers.md what the routers can do: else run npm run docs", () => {
    assert.equal(read("docs/routers.md"), routersPage());
  });

  it("say in docs/plan.schema.json what cyan plan prints: else run npm run docs", () => {
    assert.equal(read("docs/plan.schema.json"), planSchema());
  });

  it("say in docs/choosing.md what cyan advise goes by: else run npm run docs", () => {
    assert.equal(read("docs/choosing.md"), choosingPage());
  });

  it("say in docs/policies.md what the rules are: else run npm run docs", () => {
    assert.equal(read("docs/policies.md"), policiesPage());
  });

  it("explain every key of the gates in docs/gates.md", () => {
    const page = read("docs/gates.md");
    const paths = [["gate"], ["gate", "http"], ["gate", "http", "services", "any"], ["gate", "job"]];
    for (const key of paths.flatMap((path) => knownKeys(path))) assert.ok(page.includes(`\`${key}\``), key);
  });

  it("explain every key of a rollout in docs/rollouts.md", () => {
    const page = read("docs/rollouts.md");
    for (const key of knownKeys(["rollout"])) assert.ok(page.includes(`        ${key}: `), key);
    const inside = [["notify", "any"], ["metrics"], ["metrics", "pushgateway"]];
    for (const key of inside.flatMap((path) => knownKeys(["rollout", ...path])))
      assert.ok(page.includes(`\`${key}\``), key);
    for (const event of noticeChoices) assert.ok(page.includes(`| \`${event}\` |`), event);
  });

  it("explain every key of the router argo-rollouts in docs/argo-rollouts.md, by a config that is right", () => {
    const page = read("docs/argo-rollouts.md");
    for (const key of knownKeys(["argoRollouts"]))
      assert.ok(page.includes(`${key}:`) || page.includes(`\`${key}\``), key);
    const block = page.split("\n").filter((line) => line.startsWith("    "));
    const config = Object.entries(parse(block.join("\n")) as object).map(([key, value]) => [
      key.replace(/^cyan:/, ""),
      value as unknown,
    ]);
    const parsed = parseSettings({ ...configOf("dev"), ...(Object.fromEntries(config) as object) });
    assert.deepEqual("problems" in parsed ? parsed.problems : parsed.warnings, []);
  });

  it("explain every key in the README", () => {
    const readme = read("README.md");
    const paths = [
      [],
      ["services", "any"],
      ["services", "any", "blue"],
      ["ingress"],
      ["expose"],
      ["canary"],
      ["canary", "affinity"],
      ["secrets", "any"],
      ["networkPolicy"],
    ];
    for (const key of paths.flatMap((path) => knownKeys(path))) assert.ok(readme.includes(`\`${key}\``), key);
  });
});
