import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const checkout = join(__dirname, "..");

describe("what loads TypeScript", () => {
  const folder = mkdtempSync(join(tmpdir(), "cyan-register-"));

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("has a stack name the lines of the source, also when the SDK installs source-map-support after it", () => {
    const file = join(folder, "thrown.ts");
    writeFileSync(file, "interface Gone {\n  no: 1;\n}\nconst it = () => {\n  throw new TypeError('no');\n};\nit();\n");
    const script = `require("source-map-support").install(); require(${JSON.stringify(file)});`;
    const { stderr } = spawnSync(process.execPath, ["-r", "./register.js", "-e", script], {
      cwd: checkout,
      encoding: "utf8",
    });
    assert.match(stderr, /TypeError: no\n {4}at it \([^\n]*thrown\.ts:5:9\)\n {4}at [^\n]*thrown\.ts:7:1\b/);
  });
});
