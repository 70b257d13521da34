import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "..", ".github");

describe("the workflows of the repository", () => {
  it("are what GitHub takes, as actionlint knows it", () => {
    const files = readdirSync(join(folder, "workflows")).map((name) => join("..", "workflows", name));
    assert.ok(files.length > 0);
    const cwd = join(folder, "actionlint");
    const { status, stdout, stderr } = spawnSync("go", ["tool", "actionlint", ...files], { cwd, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  });
});
