import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");

/** What a script prints that runs with what loads TypeScript. */
function printed(script: string, cwd: string = root): string {
  const args = ["--require", join(root, "register.js"), "--eval", script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The compiler, and the packages of npm's resolver besides the one that is put off. */
const heavy = String.raw`/typescript[/]lib[/]typescript|pacote|arborist[/]lib[/]arborist/`;
const loaded = `Object.keys(require.cache).filter((file) => ${heavy}.test(file)).length`;
const sdk = JSON.stringify(require.resolve("@pulumi/pulumi"));

describe("what the SDK loads only to serialise functions", () => {
  it("is not loaded by a program", () => {
    assert.equal(printed(`require(${sdk}); console.log(${loaded})`), "0\n");
  });

  it("is not loaded by a policy pack", () => {
    const pack = JSON.stringify(join(root, "policies", "prod", "index.js"));
    const [loadedFiles] = printed(`require(${pack}); console.log(${loaded}); setImmediate(process.exit)`).split("\n");
    assert.equal(loadedFiles, "0");
  });

  it("is loaded when a function is serialised", () => {
    const script = `require(${sdk}).runtime.serializeFunction((one) => one + 1).then(({ text }) => console.log(text))`;
    assert.match(printed(script), /return \(one\) => one \+ 1/);
  });

  it("is loaded when the packages of a function are gathered", () => {
    const folder = mkdtempSync(join(tmpdir(), "cyan-defer-"));
    try {
      writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", version: "1.0.0" }));
      const script = `require(${sdk}).runtime.computeCodePaths().then((paths) => console.log(paths.size, ${loaded} > 0))`;
      assert.equal(printed(script, folder), "0 true\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
