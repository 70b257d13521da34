import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addonNames, partsWith } from "../../../sandbox/toolchain/addons";
import { build, flags, outputName } from "../../../sandbox/toolchain/build";
import { locate } from "../../../sandbox/toolchain/locate";
import { type Part, type Recipe } from "../../../sandbox/toolchain/parts";
import { missingTools, presentTools } from "../../../sandbox/toolchain/toolchain";

describe("the parts of the toolchain", () => {
  const parts = partsWith(addonNames);

  it("are each to be had in some way on a machine without the official downloads", () => {
    const unreachable = parts.filter(
      (part) => (part.recipe ?? part.debian ?? part.packaged ?? part.wheel) === undefined,
    );
    assert.deepEqual(unreachable, []);
  });

  it("are each made by the recipe that they name", () => {
    for (const part of parts.filter((each) => each.recipe !== undefined)) {
      const made = { ...part.recipe?.packages, ...part.recipe?.links, ...part.recipe?.joins };
      assert.ok(part.name in made, `${part.name} is not made by its recipe`);
    }
  });

  it("are each downloaded over HTTPS with a list of sums, for both architectures", () => {
    for (const part of parts) {
      for (const arch of ["amd64", "arm64"] as const) {
        const from = part.download?.(arch);
        if (from === undefined) continue;
        assert.match(from.url, /^https:/);
        assert.match(from.sums, /^https:/);
        assert.ok(from.members === undefined || part.name in from.members, part.name);
      }
    }
  });
});

describe("an addon", () => {
  it("is not looked for, nor missed, before it is asked for", async () => {
    const cache = mkdtempSync(join(tmpdir(), "cyan-addon-"));
    const none = await presentTools({ cache, env: { PATH: "" } });
    assert.equal(missingTools(none).includes("flagger"), false);
    assert.deepEqual(
      missingTools(none, ["flagger"]).filter((name) => name.startsWith("flagger")),
      ["flagger.yaml", "flagger", "flagger-loadtester", "flagger-role.yaml"],
    );
    rmSync(cache, { recursive: true });
  });
});

describe("a binary on PATH", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cyan-locate-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const put = (script: string): void => {
    writeFileSync(join(folder, "tool"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "tool"), 0o755);
  };
  const part: Part = { name: "tool", version: "2.1.0", probe: { args: ["--version"], accepts: /v2\./ } };

  it("is taken when it prints a version that will do", async () => {
    put("echo tool v2.7.1");
    assert.equal(await locate(part, folder), join(folder, "tool"));
  });

  it("is passed over when it prints another version, or fails", async () => {
    put("echo tool v1.9.0");
    assert.equal(await locate(part, folder), undefined);
    put("exit 1");
    assert.equal(await locate(part, folder), undefined);
  });

  it("is not found when it cannot be executed", async () => {
    put("echo tool v2.7.1");
    chmodSync(join(folder, "tool"), 0o644);
    assert.equal(await locate(part, folder), undefined);
  });
});

describe("a build", () => {
  const recipe: Recipe = { module: "m", packages: { tool: "./cmd/tool" }, ldflags: ["-X a=b"], cold: ["cold/..."] };

  it("leaves out debug data everywhere, and optimisation where nothing runs hot", () => {
    assert.deepEqual(flags(recipe), [
      "-trimpath",
      "-mod=readonly",
      "-buildvcs=false",
      "-gcflags=all=-dwarf=false",
      "-gcflags=cold/...=-N -l -dwarf=false",
      "-ldflags=-s -w -X a=b",
    ]);
  });

  it("finds a package's binary under the last element of its path that is no version", () => {
    assert.equal(outputName("go.etcd.io/etcd/server/v3"), "server");
    assert.equal(outputName("./kubernetes"), "kubernetes");
  });

  it("fails with the last lines of the compiler's output", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cyan-build-"));
    const go = join(folder, "go");
    writeFileSync(go, "#!/bin/sh\necho 'main.go:1: syntax error' >&2\nexit 1\n");
    chmodSync(go, 0o755);
    const source = mkdtempSync(join(tmpdir(), "cyan-source-"));
    try {
      await assert.rejects(
        build({ recipe, source, target: folder, go, report: () => undefined, signal: new AbortController().signal }),
        { message: "go list ended with 1:\nmain.go:1: syntax error" },
      );
    } finally {
      rmSync(folder, { recursive: true });
      rmSync(source, { recursive: true });
    }
  });
});
