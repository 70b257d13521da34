import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

describe("the demo service", () => {
  it("passes its own tests", () => {
    const cwd = join(__dirname, "..", "..", "sandbox", "demo", "service");
    const { status, stdout, stderr } = spawnSync("go", ["test", "./..."], { cwd, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  });
});
