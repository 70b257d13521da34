import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../driver/invocation";
import { refuseSecrets } from "../../../driver/render/secrets";
import { writeFiles } from "../../../driver/render/write";

describe("what cyan render writes", () => {
  let work: string;
  beforeEach(() => (work = mkdtempSync(join(tmpdir(), "cyan-render-"))));
  afterEach(() => {
    rmSync(work, { recursive: true });
  });
  const read = (path: string): string => readFileSync(join(work, "out", path), "utf8");
  const write = (texts: Readonly<Record<string, string>>, force = false) =>
    writeFiles(
      join(work, "out"),
      Object.entries(texts).map(([path, text]) => ({ path, text })),
      { force },
    );
  const refused = (action: () => void): string => {
    try {
      action();
    } catch (error) {
      assert.ok(error instanceof UserError);
      return error.message;
    }
    return assert.fail("it was done");
  };

  it("makes the folders, and leaves what is as it should be", () => {
    assert.deepEqual(write({ "a.yaml": "a\n", "blue/b.yaml": "b\n" }), {
      states: { "a.yaml": "created", "blue/b.yaml": "created" },
      strangers: [],
    });
    assert.deepEqual(write({ "a.yaml": "a\n", "blue/b.yaml": "b\n" }).states, {
      "a.yaml": "unchanged",
      "blue/b.yaml": "unchanged",
    });
    assert.equal(read("blue/b.yaml"), "b\n");
  });

  it("writes nothing when one file differs, and names it; writes over it when it is told to", () => {
    write({ "a.yaml": "a\n" });
    const message = refused(() => write({ "a.yaml": "other\n", "blue/b.yaml": "b\n" }));
    assert.equal(
      message,
      `nothing was written: in ${join(work, "out")} these differ; write over them with --force\n  a.yaml`,
    );
    assert.equal(read("a.yaml"), "a\n");
    assert.ok(!existsSync(join(work, "out", "blue")));
    assert.deepEqual(write({ "a.yaml": "other\n" }, true).states, { "a.yaml": "replaced" });
    assert.equal(read("a.yaml"), "other\n");
  });

  it("tells of YAML that an earlier rendering left", () => {
    write({ "a.yaml": "a\n", "blue/b.yaml": "b\n", "blue/c.md": "c\n" });
    assert.deepEqual(write({ "blue/d.yaml": "d\n" }).strangers, ["blue/b.yaml"]);
  });

  it("says what is wrong with a folder that is none", () => {
    writeFileSync(join(work, "out"), "a file");
    assert.match(
      refused(() => write({ "a.yaml": "a\n" })),
      /^--out .*\/out: ENOTDIR/,
    );
  });

  it("never has a secret in clear: one outside of secrets is refused", () => {
    refuseSecrets({ secretKeys: ["secrets", "credentials", "gate", "rollout", "rolloutState"] });
    assert.equal(
      refused(() => {
        refuseSecrets({ secretKeys: ["services", "secrets"] });
      }),
      "nothing was rendered:\n" +
        "  services: holds a secret, and would be written in clear; keep what is secret in secrets.SERVICE.env or .files",
    );
  });
});
