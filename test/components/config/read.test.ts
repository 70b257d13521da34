import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../../components/config/read";
import { goodConfig } from "../fixtures";

const encoded = Object.fromEntries(
  Object.entries(goodConfig).map(([key, value]) => [
    `cyan:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]),
);

/** Reads a stack's config as the engine hands it over. */
async function read(config: Readonly<Record<string, string>>, secret: readonly string[] = []) {
  await pulumi.runtime.setMocks(
    { newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }), call: () => ({}) },
    "cyan",
    "dev",
  );
  pulumi.runtime.setAllConfig(config);
  process.env["PULUMI_CONFIG_SECRET_KEYS"] = JSON.stringify(secret);
  return readSettings();
}

describe("reading a stack's config", () => {
  const before = process.env["PULUMI_CONFIG_SECRET_KEYS"];
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
    if (before === undefined) delete process.env["PULUMI_CONFIG_SECRET_KEYS"];
    else process.env["PULUMI_CONFIG_SECRET_KEYS"] = before;
  });

  it("takes the project's keys, and leaves those of providers alone", async () => {
    const settings = await read({
      ...encoded,
      "cyan:canaryWeight": "20",
      "kubernetes:context": "kind",
      "aws:region": "x",
    });
    assert.equal(settings.traffic.canaryWeight, 20);
    assert.equal(settings.services[0]?.workloads.green.image, "registry/shop:2");
    assert.deepEqual(settings.cluster, { context: "kind" });
    assert.equal(settings.secretServices, false);
  });

  it("knows which values are secrets", async () => {
    assert.equal((await read(encoded, ["cyan:services", "aws:token"])).secretServices, true);
  });

  it("refuses with everything that is wrong, as a user's mistake", async () => {
    const config = { ...encoded, "cyan:canaryWieght": "5", "cyan:activeColor": "red", "cyan:services": "{" };
    await assert.rejects(read(config), (error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.equal(
        error.message,
        [
          "the config of stack dev has 3 problems:",
          '  activeColor: is "red"; choose one of blue, green',
          "  services: write a map of services, as in Pulumi.dev.yaml",
          "  canaryWieght: unknown key; did you mean canaryWeight?",
        ].join("\n"),
      );
      return true;
    });
  });

  it("refuses without repeating a secret", async () => {
    await assert.rejects(read({ ...encoded, "cyan:canaryWeight": "hunter2" }, ["cyan:canaryWeight"]), {
      message: "the config of stack dev has a problem:\n  canaryWeight: write an integer from 0 to 100",
    });
  });
});
