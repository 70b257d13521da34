import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fetch, fetchPinned } from "./download";

/** How many jars are fetched at a time. */
const atOnce = 4;

/** One jar of Maven Central, and what its bytes must sum to. */
export interface Jar {
  /** Where a repository has it. */
  readonly path: string;
  readonly file: string;
  /** SHA-256. */
  readonly sum: string;
}

/** The jars of a list of `sum  group:artifact:version` lines; one that begins with `#` is a comment. */
export function readJars(list: string): Jar[] {
  return [...list.matchAll(/^([0-9a-f]{64}) {2}([^:\s]+):([^:\s]+):(\S+)$/gm)].map(
    ([, sum = "", group = "", artifact = "", version = ""]) => {
      const file = `${artifact}-${version}.jar`;
      return { path: `${group.replaceAll(".", "/")}/${artifact}/${version}/${file}`, file, sum };
    },
  );
}

/** Where Maven takes what is in Maven Central from: the mirror of its settings.xml, where that names one for it. */
export function centralOf(settings: string | undefined): string {
  const written = (settings ?? "").replaceAll(/<!--.*?-->/gs, "");
  const mirrors = [...written.matchAll(/<mirror>(.*?)<\/mirror>/gs)].map(([, mirror = ""]) => ({
    of: tag(mirror, "mirrorOf").split(/\s*,\s*/),
    url: tag(mirror, "url").replace(/\/+$/, ""),
  }));
  const found = mirrors.find(
    ({ of }) => !of.includes("!central") && ["*", "central", "external:*"].some((each) => of.includes(each)),
  );
  return found?.url ?? "https://repo.maven.apache.org/maven2";
}

function tag(xml: string, name: string): string {
  return new RegExp(`<${name}>\\s*(.*?)\\s*</${name}>`, "s").exec(xml)?.[1] ?? "";
}

/**
 * Fetches jars into `folder`, under their own names.
 *
 * @throws SandboxError when one is not to be had, or is not the one that was pinned.
 */
export async function fetchJars(
  jars: readonly Jar[],
  folder: string,
  from: { readonly repository: string; readonly fetch: Fetch },
): Promise<void> {
  const left = [...jars];
  const remedy = "Try again, or name a mirror of Maven Central in ~/.m2/settings.xml";
  const worker = async (): Promise<void> => {
    for (let jar = left.shift(); jar !== undefined; jar = left.shift()) {
      const bytes = await fetchPinned({ url: `${from.repository}/${jar.path}`, sum: jar.sum, remedy }, from.fetch);
      writeFileSync(join(folder, jar.file), bytes);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
