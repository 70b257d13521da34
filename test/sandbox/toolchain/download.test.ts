import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { SandboxError } from "../../../sandbox/report";
import { download, publishedSum, sumOf } from "../../../sandbox/toolchain/download";
import { type Download } from "../../../sandbox/toolchain/parts";

const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

async function archive(files: Record<string, string>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

describe("official downloads", () => {
  let folder: string;
  let server: Server;
  let origin: string;
  const served = new Map<string, Buffer | string>();

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "cyan-download-"));
    served.clear();
    server = createServer((request, response) => {
      const body = served.get(request.url ?? "");
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const from = (members?: Download["members"]): Download => ({
    url: `${origin}/tool.tar.gz`,
    sums: `${origin}/sums.txt`,
    ...(members && { members }),
  });

  it("unpacks the named members of an archive whose sum is the published one", async () => {
    const bytes = await archive({ "release/tool": "binary", "release/README": "text" });
    served.set("/tool.tar.gz", bytes).set("/sums.txt", `${sha256("x")}  other.tar.gz\n${sha256(bytes)}  tool.tar.gz\n`);
    const what = from({ tool: "release/tool" });
    const sum = await publishedSum(what, fetch);
    assert.equal(sum, sha256(bytes));
    await download({ name: "tool", from: what, sum }, folder, fetch);
    assert.deepEqual(readdirSync(folder), ["tool"]);
    assert.equal(readFileSync(join(folder, "tool"), "utf8"), "binary");
    assert.equal(statSync(join(folder, "tool")).mode & 0o777, 0o755);
  });

  it("keeps nothing of a download with another sum, and names both sums and the way out", async () => {
    served.set("/tool.tar.gz", "tampered");
    await assert.rejects(download({ name: "tool", from: from(), sum: sha256("genuine") }, folder, fetch), (error) => {
      assert.ok(error instanceof SandboxError);
      assert.match(error.message, new RegExp(sha256("tampered")));
      assert.match(error.message, new RegExp(sha256("genuine")));
      assert.match(error.message, /CYAN_TOOLCHAIN=build/);
      return true;
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  it("refuses an archive that lacks a member", async () => {
    const bytes = await archive({ other: "binary" });
    served.set("/tool.tar.gz", bytes);
    const what = { name: "tool", from: from({ tool: "release/tool" }), sum: sha256(bytes) };
    await assert.rejects(download(what, folder, fetch), { message: "the archive has no tool" });
  });

  it("gives no sum when the publisher's list is not there or the site does not answer, so that the part is built", async () => {
    assert.equal(await publishedSum(from(), fetch), undefined);
    server.close();
    assert.equal(await publishedSum({ ...from(), sums: "http://127.0.0.1:1/sums" }, fetch), undefined);
  });

  it("refuses a list that does not name the file", async () => {
    served.set("/sums.txt", `${sha256("x")}  other.tar.gz\n`);
    await assert.rejects(publishedSum(from(), fetch), { message: /does not name tool.tar.gz/ });
  });

  it("reads a bare sum, a sum with a name, and a name marked as binary", () => {
    const sum = sha256("x");
    assert.equal(sumOf(`${sum}\n`, "kubelet"), sum);
    assert.equal(sumOf(`${sum}  kubelet`, "kubelet"), sum);
    assert.equal(sumOf(`${sum} *./kubelet`, "kubelet"), sum);
    assert.equal(sumOf(`${sum}  kubectl`, "kubelet"), undefined);
    assert.equal(sumOf("<html>not found</html>", "kubelet"), undefined);
  });
});
