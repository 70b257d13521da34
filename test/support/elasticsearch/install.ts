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
import { type Engine } from "./engines";

/** What a node is started with. */
export interface InstalledEngine {
  readonly engine: Engine;
  readonly java: string;
  /** Folder of the jars. */
  readonly jars: string;
}

const java = {
  name: "java",
  version: "any",
  // Both need a security manager, which Java has up to 23.
  probe: { args: ["-version"], accepts: /version "(1[7-9]|2[0-3])[."]/ },
  debian: ["default-jre-headless"],
} as const satisfies Part;

/**
 * Java, which the distribution has, and 32 MB (Elasticsearch) or 45 MB (OpenSearch) of jars.
 *
 * @throws SandboxError with what is missing.
 */
export async function ensureEngine(
  engine: Engine,
  args: Pick<ToolchainArgs, "cache" | "env" | "fetch" | "report">,
): Promise<InstalledEngine> {
  const { cache, env, fetch, report } = args;
  const { name, version, settings } = engine;
  const entry = `${settings}-${version}-${createHash("sha256").update(engine.jars).digest("hex").slice(0, 12)}`;
  const jars = await cached(cache, entry, report, async (folder) => {
    const maven = join(homedir(), ".m2", "settings.xml");
    const repository = centralOf(existsSync(maven) ? readFileSync(maven, "utf8") : undefined);
    report({ event: "step", text: `fetching ${name} ${version} from ${repository}` });
    await fetchJars(readJars(engine.jars), folder, { repository, fetch });
  });
  const findJava = (): Promise<string | undefined> => locate(java, env["PATH"] ?? "");
  const found = (await findJava()) ?? (await installPackages(java.debian, report).then(findJava));
  if (found === undefined) throw new SandboxError(`${name} ${version} needs Java 17 to 23: put it on PATH`);
  return { engine, java: found, jars };
}
