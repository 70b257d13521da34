import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../invocation";

interface File {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What became of each file, and what is in the same folders besides. */
export interface Written {
  readonly states: Readonly<Record<string, "created" | "unchanged" | "replaced">>;
  /** YAML that is not part of what was written. */
  readonly strangers: readonly string[];
}

/**
 * Writes files below a folder, all of them or none.
 *
 * @throws UserError when a file is there with another content and `force` is not set, or when one cannot be written.
 */
export function writeFiles(folder: string, files: readonly File[], { force }: { readonly force: boolean }): Written {
  try {
    const states = Object.fromEntries(files.map((file) => [file.path, stateOf(folder, file)] as const));
    const differing = files.filter(({ path }) => states[path] === "replaced").map(({ path }) => path);
    if (differing.length > 0 && !force) {
      const lines = differing.map((path) => `  ${path}`).join("\n");
      throw new UserError(`nothing was written: in ${folder} these differ; write over them with --force\n${lines}`);
    }
    for (const { path, text } of files) {
      if (states[path] === "unchanged") continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return { states, strangers: strangersIn(folder, files) };
  } catch (error) {
    if (error instanceof Error && "code" in error) throw new UserError(`--out ${folder}: ${error.message}`);
    throw error;
  }
}

function stateOf(folder: string, { path, text }: File): "created" | "unchanged" | "replaced" {
  try {
    return readFileSync(join(folder, path), "utf8") === text ? "unchanged" : "replaced";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "created";
    throw error;
  }
}

/** A plain `kubectl apply -f` of a folder would apply these too. */
function strangersIn(folder: string, files: readonly File[]): string[] {
  const own = new Set(files.map(({ path }) => path));
  const folders = new Set(files.map(({ path }) => dirname(path)));
  return [...folders].flatMap((each) =>
    readdirSync(join(folder, each))
      .map((name) => (each === "." ? name : `${each}/${name}`))
      .filter((path) => /\.ya?ml$/.test(path) && !own.has(path))
      .toSorted(),
  );
}
