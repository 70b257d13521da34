import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { buildImages } from "../../../sandbox/demo/images";

async function members(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}

const json = (file: Buffer | undefined): unknown => JSON.parse(file?.toString() ?? "");

describe("an image of the sandbox", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cyan-images-"));
    writeFileSync(join(folder, "demo"), "the demo binary");
    writeFileSync(join(folder, "pause"), "the pause binary");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const make = (into: string) =>
    buildImages({ demo: join(folder, "demo"), pause: join(folder, "pause") }, join(folder, into));

  it("is one layer with the binary, run by an unprivileged user, under each of its tags", async () => {
    const archives = await make("images");
    assert.deepEqual(Object.keys(archives).toSorted(), [
      "cyan.local/demo:v1",
      "cyan.local/demo:v2",
      "cyan.local/demo:v3",
      "cyan.local/pause:1",
    ]);
    const files = await members(readFileSync(archives["cyan.local/demo:v1"] ?? ""));
    const layer = files.get("layer.tar") ?? assert.fail("no layer");
    assert.deepEqual(
      [...(await members(layer))].map(([name, content]) => [name, content.toString()]),
      [["demo", "the demo binary"]],
    );
    assert.deepEqual(json(files.get("manifest.json")), [
      {
        Config: "config.json",
        RepoTags: ["cyan.local/demo:v1", "cyan.local/demo:v2", "cyan.local/demo:v3"],
        Layers: ["layer.tar"],
      },
    ]);
    const config = json(files.get("config.json")) as { config: unknown; rootfs: { diff_ids: string[] } };
    assert.deepEqual(config.config, { Entrypoint: ["/demo"], User: "65532", WorkingDir: "/" });
    assert.deepEqual(config.rootfs.diff_ids, [`sha256:${createHash("sha256").update(layer).digest("hex")}`]);
  });

  it("is the same file whenever it is made from the same binary", async () => {
    const [one, two] = [await make("one"), await make("two")];
    for (const [tag, path] of Object.entries(one)) assert.deepEqual(readFileSync(path), readFileSync(two[tag] ?? ""));
  });
});
