import assert from "node:assert/strict";
import { Release, releaseArgs } from "../../components/release";
import { retainEverything } from "../../components/retention";
import { registeredBy } from "../support/mocks";
import { goodConfig, settingsOf } from "./fixtures";

describe("a stack that is left", () => {
  const retained = async (leave: boolean): Promise<boolean[]> => {
    const registered = await registeredBy(() => {
      if (leave) retainEverything();
      return new Release("r", releaseArgs(settingsOf(goodConfig)));
    });
    const objects = [...registered.values()].filter(({ type }) => type.startsWith("kubernetes:"));
    assert.ok(objects.length > 10);
    return [...new Set(objects.map(({ retainOnDelete }) => retainOnDelete))];
  };

  it("retains every object, the namespace too, and otherwise none", async () => {
    assert.deepEqual(await retained(true), [true]);
    assert.deepEqual(await retained(false), [false]);
  });
});
