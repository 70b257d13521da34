import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { SandboxError } from "../../../sandbox/report";
import { cached } from "../../../sandbox/toolchain/cache";
import { installPackages } from "../../../sandbox/toolchain/debian";
import { locate } from "../../../sandbox/toolchain/locate";
import { centralOf, fetchJars, readJars } from "../../../sandbox/toolchain/maven";
import { type Part } from "../../../sandbox/toolchain/parts";
import { type ToolchainArgs } from "../../../sandbox/toolchain/toolchain";

/** The last of version 7. Of 8.19, Maven Central lacks parts. */
const version = "7.17.29";

/** What a node is started with. */
export interface InstalledElasticsearch {
  readonly java: string;
  /** Folder of the jars. */
  readonly jars: string;
}

const java = {
  name: "java",
  version: "any",
  // Elasticsearch 7 needs a security manager, which Java has up to 23.
  probe: { args: ["-version"], accepts: /version "(1[7-9]|2[0-3])[."]/ },
  debian: ["default-jre-headless"],
} as const satisfies Part;

/**
 * Java, which the distribution has, and 32 MB of jars.
 *
 * @throws SandboxError with what is missing.
 */
export async function ensureElasticsearch(
  args: Pick<ToolchainArgs, "cache" | "env" | "fetch" | "report">,
): Promise<InstalledElasticsearch> {
  const { cache, env, fetch, report } = args;
  const list = readFileSync(join(__dirname, "jars.txt"), "utf8");
  const entry = `elasticsearch-${version}-${createHash("sha256").update(list).digest("hex").slice(0, 12)}`;
  const jars = await cached(cache, entry, report, async (folder) => {
    const settings = join(homedir(), ".m2", "settings.xml");
    const repository = centralOf(existsSync(settings) ? readFileSync(settings, "utf8") : undefined);
    report({ event: "step", text: `fetching Elasticsearch ${version} from ${repository}` });
    await fetchJars(readJars(list), folder, { repository, fetch });
  });
  const findJava = (): Promise<string | undefined> => locate(java, env["PATH"] ?? "");
  const found = (await findJava()) ?? (await installPackages(java.debian, report).then(findJava));
  if (found === undefined) throw new SandboxError(`Elasticsearch ${version} needs Java 17 to 23: put it on PATH`);
  return { java: found, jars };
}
