import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SandboxError } from "../../../sandbox/report";
import { centralOf, fetchJars, readJars } from "../../../sandbox/toolchain/maven";
import { WebServer } from "../../support/web";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("jars of Maven Central", () => {
  const list = `# Two jars.\n${sha256("one")}  org.example.kit:core:1.2\n${sha256("two")}  org.example:more:3.0.Final\n`;
  const central = "https://repo.maven.apache.org/maven2";

  it("are listed by their coordinates, with a sum each", () => {
    const [one, two, ...rest] = readJars(list);
    assert.deepEqual(one, { path: "org/example/kit/core/1.2/core-1.2.jar", file: "core-1.2.jar", sum: sha256("one") });
    assert.equal(two?.path, "org/example/more/3.0.Final/more-3.0.Final.jar");
    assert.deepEqual(rest, []);
  });

  it("come from the mirror of Maven's settings, where there is one of Maven Central", () => {
    const settings = (mirror: string): string => `<settings><mirrors>${mirror}</mirrors></settings>`;
    const mirror = (covers: string): string => `<mirror>
      <id>house</id>
      <mirrorOf>${covers}</mirrorOf> <url>https://maven.example.com/all/</url>
    </mirror>`;
    for (const covers of ["*", "central", "external:*", "other, central", "*,!private"]) {
      assert.equal(centralOf(settings(mirror(covers))), "https://maven.example.com/all", covers);
    }
    for (const none of [
      undefined,
      settings(""),
      settings(mirror("other, !central")),
      settings(mirror("*,!central")),
      settings(`<!-- ${mirror("*")} -->`),
    ]) {
      assert.equal(centralOf(none), central);
    }
  });

  describe("fetched", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cyan-jars-"))));
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    const fetchFrom = async (answers: Readonly<Record<string, string>>): Promise<void> => {
      const server = await WebServer.start(({ url }) =>
        answers[url] === undefined ? { status: 404, body: "" } : { body: answers[url] },
      );
      try {
        await fetchJars(readJars(list), folder, { repository: server.url, fetch });
      } finally {
        await server.stop();
      }
    };

    it("have their own names", async () => {
      await fetchFrom({
        "/org/example/kit/core/1.2/core-1.2.jar": "one",
        "/org/example/more/3.0.Final/more-3.0.Final.jar": "two",
      });
      assert.deepEqual(readdirSync(folder).toSorted(), ["core-1.2.jar", "more-3.0.Final.jar"]);
      assert.equal(readFileSync(join(folder, "core-1.2.jar"), "utf8"), "one");
    });

    it("are refused when one is another than the pinned one, or is not there", async () => {
      const [core, more] = ["/org/example/kit/core/1.2/core-1.2.jar", "/org/example/more/3.0.Final/more-3.0.Final.jar"];
      await assert.rejects(fetchFrom({ [core]: "changed", [more]: "two" }), (error) => {
        assert.ok(error instanceof SandboxError);
        assert.match(
          error.message,
          new RegExp(`core-1.2.jar has SHA-256 ${sha256("changed")} and should have ${sha256("one")}`),
        );
        return true;
      });
      assert.ok(!readdirSync(folder).includes("core-1.2.jar"));
      await assert.rejects(
        fetchFrom({ [core]: "one" }),
        /more-3\.0\.Final\.jar answered 404\. Try again, or name a mirror/,
      );
      assert.ok(!readdirSync(folder).includes("more-3.0.Final.jar"));
    });
  });
});
