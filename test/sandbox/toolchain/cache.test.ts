import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, contentKey } from "../../../sandbox/toolchain/cache";

const silent = (): void => undefined;

describe("the toolchain's cache", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "cyan-cache-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("fills an entry once for two runs that want it at the same time", async () => {
    let fills = 0;
    const fill = async (folder: string): Promise<void> => {
      fills += 1;
      await new Promise((resolve) => setImmediate(resolve));
      writeFileSync(join(folder, "tool"), "binary");
    };
    const [one, two] = await Promise.all([cached(root, "entry", silent, fill), cached(root, "entry", silent, fill)]);
    assert.equal(one, two);
    assert.equal(fills, 1);
    assert.equal(readFileSync(join(one, "tool"), "utf8"), "binary");
  });

  it("leaves nothing of a fill that failed, and fills again", async () => {
    const failing = cached(root, "entry", silent, (folder) => {
      writeFileSync(join(folder, "half"), "");
      return Promise.reject(new Error("killed"));
    });
    await assert.rejects(failing, { message: "killed" });
    assert.deepEqual(readdirSync(root), []);
    await cached(root, "entry", silent, () => Promise.resolve());
    assert.deepEqual(readdirSync(root), ["entry"]);
  });

  it("clears what a killed fill left behind", async () => {
    mkdirSync(join(root, ".entry-abc"));
    await cached(root, "entry", silent, () => Promise.resolve());
    assert.deepEqual(readdirSync(root), ["entry"]);
  });

  it("keys an entry by the content of its sources and by its recipe", () => {
    writeFileSync(join(root, "go.mod"), "module a");
    const key = contentKey(root, { flags: 1 });
    assert.equal(contentKey(root, { flags: 1 }), key);
    assert.notEqual(contentKey(root, { flags: 2 }), key);
    writeFileSync(join(root, "go.mod"), "module b");
    assert.notEqual(contentKey(root, { flags: 1 }), key);
  });
});
