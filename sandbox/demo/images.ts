import { createHash } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";

/** One image: a static binary and nothing else. */
interface Image {
  /** Path of the binary inside the image, and its command. */
  readonly entrypoint: string;
  readonly binary: Buffer;
  /** Names that it is imported under. */
  readonly tags: readonly string[];
}

/** Unprivileged, and no one on any host: what `restricted` pod security asks for. */
const user = "65532";
/** The same binary gives the same archive, whenever it is made. */
const epoch = new Date(0);

/** The demo service's tags: the same program, so that what differs between the colors is their environment. */
const demoTags = ["cyan.local/demo:v1", "cyan.local/demo:v2", "cyan.local/demo:v3"];

/**
 * Writes the images of the embedded cluster into `folder`, as archives that `ctr images import` takes.
 *
 * @returns the archive that holds each image, by the image's name.
 */
export async function buildImages(
  binaries: { readonly demo: string; readonly pause: string },
  folder: string,
): Promise<Record<string, string>> {
  mkdirSync(folder, { recursive: true });
  const images: Record<string, Image> = {
    demo: { entrypoint: "/demo", binary: readFileSync(binaries.demo), tags: demoTags },
    pause: { entrypoint: "/pause", binary: readFileSync(binaries.pause), tags: ["cyan.local/pause:1"] },
  };
  const archives: Record<string, string> = {};
  for (const [name, image] of Object.entries(images)) {
    const key = sha256(Buffer.concat([image.binary, Buffer.from(image.tags.join(" "))])).slice(0, 12);
    const path = join(folder, `${name}-${key}.tar`);
    if (!existsSync(path)) await writeArchive(image, path);
    for (const tag of image.tags) archives[tag] = path;
  }
  return archives;
}

/** A docker-archive: one layer, its config, and a manifest that names both. */
async function writeArchive(image: Image, path: string): Promise<void> {
  const layer = await tar({ [image.entrypoint.slice(1)]: image.binary });
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      created: epoch.toISOString(),
      config: { Entrypoint: [image.entrypoint], User: user, WorkingDir: "/" },
      rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created: epoch.toISOString() }],
    }),
  );
  const manifest = [{ Config: "config.json", RepoTags: image.tags, Layers: ["layer.tar"] }];
  const archive = await tar({
    "config.json": config,
    "layer.tar": layer,
    "manifest.json": Buffer.from(JSON.stringify(manifest)),
  });
  await pipeline([archive], createWriteStream(`${path}.next`));
  renameSync(`${path}.next`, path);
}

async function tar(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mode: 0o755, mtime: epoch }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
