import assert from "node:assert/strict";
import { stackOf } from "../../driver/stack";
import { UserError } from "../../driver/invocation";
import { goodConfig } from "../components/fixtures";

type Entry = { readonly value?: string; readonly secret?: boolean };

/** A config as `pulumi config --json --show-secrets` prints it. */
const printed: Readonly<Record<string, Entry>> = {
  ...Object.fromEntries(
    Object.entries(goodConfig).map(([key, value]) => [
      `cyan:${key}`,
      { value: typeof value === "string" ? value : JSON.stringify(value), secret: false },
    ]),
  ),
  "kubernetes:context": { value: "kind", secret: false },
  "aws:region": { value: "eu-west-1", secret: false },
};
const read = (change: Readonly<Record<string, Entry>> = {}, set: readonly string[] = [], outputs: unknown = {}) =>
  stackOf({ project: "cyan", name: "dev", config: { ...printed, ...change }, outputs }, set);
const refused = (...args: Parameters<typeof read>): string => {
  try {
    read(...args);
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error.message;
  }
  return assert.fail("it was read");
};

describe("a stack as the command reads it", () => {
  it("has the settings that the program would have", () => {
    const { name, settings, warnings, recorded } = read();
    assert.equal(name, "dev");
    assert.equal(settings.services[0]?.workloads.green.image, "registry/shop:2");
    assert.deepEqual(settings.cluster, { context: "kind" });
    assert.deepEqual([settings.secretServices, warnings, recorded], [false, [], {}]);
  });

  it("takes values for set, without the rest being touched", () => {
    const { settings } = read({}, ["cyan:activeColor=green", "canaryWeight=20", "services.shop.green.image=a:1"]);
    assert.deepEqual(settings.traffic, { activeColor: "green", canaryWeight: 20 });
    assert.equal(settings.services[0]?.workloads.green.image, "a:1");
    assert.equal(settings.services[0].workloads.blue.image, "registry/shop:1");
  });

  it("tells everything that is wrong at once, as the program does", () => {
    assert.equal(
      refused({ "cyan:activeColor": { value: "red" } }, ["canaryWeight=ten", "canaryWieght=5"]),
      [
        "the config of stack dev has 3 problems:",
        '  activeColor: is "red"; choose one of blue, green',
        '  canaryWeight: is "ten"; write an integer from 0 to 100',
        "  canaryWieght: unknown key; did you mean canaryWeight?",
      ].join("\n"),
    );
  });

  it("repeats no secret, and knows that the services hold one", () => {
    const shop = { ...goodConfig.services.shop, env: { TOKEN: "hunter2" } };
    const services = { value: JSON.stringify({ shop }), secret: true };
    assert.equal(read({ "cyan:services": services }).settings.secretServices, true);
    const wrong = refused({ "cyan:services": services, "cyan:standby": { value: "hunter2", secret: true } });
    assert.equal(wrong, "the config of stack dev has a problem:\n  standby: write all, or a number of replicas");
  });

  it("has the credentials that are set as secrets, and warns of those that anyone can read", () => {
    const credentials = { value: JSON.stringify({ datadog: "hunter2", pin: 1234 }) };
    const open = read({ "cyan:credentials": credentials });
    assert.deepEqual(open.settings.credentials, { datadog: "hunter2", pin: "1234" });
    assert.deepEqual(open.warnings, [
      "credentials: is no secret in the config; set each value with pulumi config set --secret --path credentials.…",
    ]);
    assert.deepEqual(read({ "cyan:credentials": { ...credentials, secret: true } }).warnings, []);
    const wrong = refused({ "cyan:credentials": { value: "hunter2", secret: true } });
    assert.equal(wrong, "the config of stack dev has a problem:\n  credentials: write a map of names to texts");
  });

  it("warns of what is most likely not meant", () => {
    const { warnings } = read({}, ["services.shop.green.image=registry/shop:1", "canaryWeight=5"]);
    assert.deepEqual(warnings, [
      "services.shop: both colors run registry/shop:1; a canaryWeight of 5 tries nothing new",
    ]);
  });

  it("refuses what cannot be set, and says what would be right", () => {
    assert.equal(refused({}, ["activeColor"]), "--set activeColor: write PATH=VALUE, such as activeColor=green");
    assert.equal(
      refused({}, ["services.shop.port.number=1"]),
      '--set services.shop.port.number: what stands at "port" is no map or list',
    );
  });

  it("knows what the last update left", () => {
    const outputs = {
      images: { shop: {}, worker: {} },
      traffic: { shop: { active: "shop-green", idle: "shop-blue", canaryWeight: 5 } },
    };
    assert.deepEqual(read({}, [], outputs).recorded, {
      shop: { active: "green", canaryWeight: 5 },
      worker: { canaryWeight: 0 },
    });
  });
});
