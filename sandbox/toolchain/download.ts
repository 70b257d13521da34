import { createHash } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { SandboxError } from "../report";
import { type Download } from "./parts";

export type Fetch = (url: string, init: { signal: AbortSignal }) => Promise<Response>;

/** How long a publisher's site may take to answer before the part is built instead. */
const reachTimeout = 5_000;
const downloadTimeout = 10 * 60_000;

/**
 * The publisher's SHA-256 of a download, or undefined when the site cannot be reached or has no such list: the part is
 * then built. A list that is there and does not name the file is an error.
 */
export async function publishedSum(download: Download, fetch: Fetch): Promise<string | undefined> {
  let text: string;
  try {
    const response = await fetch(download.sums, { signal: AbortSignal.timeout(reachTimeout) });
    if (!response.ok) return undefined;
    text = await response.text();
  } catch {
    return undefined;
  }
  const sum = sumOf(text, basename(new URL(download.url).pathname));
  if (sum === undefined) throw new SandboxError(`${download.sums} does not name ${basename(download.url)}`);
  return sum;
}

/** The sum of `file` in a list of `sum  file` lines, or the one bare sum of a list without names. */
export function sumOf(list: string, file: string): string | undefined {
  for (const line of list.trim().split("\n")) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (sum !== undefined && /^[0-9a-f]{64}$/.test(sum) && (name === undefined || basename(name) === file)) return sum;
  }
  return undefined;
}

/**
 * The bytes at an address, which must have this SHA-256.
 *
 * @throws SandboxError with the remedy when they do not, or when the address does not answer with success.
 */
export async function fetchPinned(
  { url, sum, remedy }: { readonly url: string; readonly sum: string; readonly remedy: string },
  fetch: Fetch,
): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadTimeout) });
  if (!response.ok) throw new SandboxError(`${url} answered ${String(response.status)}. ${remedy}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (actual !== sum) {
    throw new SandboxError(`${url} has SHA-256 ${actual} and should have ${sum}; nothing of it was kept. ${remedy}`);
  }
  return bytes;
}

/**
 * Fetches a download into `folder`, one executable file per binary.
 *
 * @throws SandboxError when the bytes are not those that the publisher summed, or a binary is missing in them.
 */
export async function download(
  what: { readonly name: string; readonly from: Download; readonly sum: string },
  folder: string,
  fetch: Fetch,
): Promise<void> {
  const { from, sum } = what;
  const remedy = "Try again, or set CYAN_TOOLCHAIN=build to build it from source";
  const bytes = await fetchPinned({ url: from.url, sum, remedy }, fetch);
  const files = from.members === undefined ? new Map([[what.name, bytes]]) : await unpack(bytes, from.members);
  for (const [name, content] of files) {
    writeFileSync(join(folder, name), content);
    chmodSync(join(folder, name), 0o755);
  }
}

/** The members of a gzipped tar archive, by binary name. */
async function unpack(archive: Buffer, members: Readonly<Record<string, string>>): Promise<Map<string, Buffer>> {
  const wanted = new Map(Object.entries(members).map(([name, path]) => [path, name]));
  const found = new Map<string, Buffer>();
  const reader = extract();
  const read = (async () => {
    for await (const entry of reader) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      const name = wanted.get(entry.header.name.replace(/^\.\//, ""));
      if (name !== undefined) found.set(name, Buffer.concat(chunks));
    }
  })();
  await Promise.all([pipeline(Readable.from([archive]), createGunzip(), reader), read]);
  const missing = [...wanted.values()].filter((name) => !found.has(name));
  if (missing.length > 0) throw new SandboxError(`the archive has no ${missing.join(", ")}`);
  return found;
}
