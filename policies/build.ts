/**
 * Makes each pack a folder that is complete in itself, dist/policies/NAME, which `pulumi policy publish` takes: compiled, and with
 * the packages that it needs named in its package.json.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { packs, type Pack } from "./rules/rule";

const root = join(__dirname, "..");

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** What the compiled rules load, and what Pulumi loads to run them: without it, it takes a TypeScript of 2020. */
const needed = ["@pulumi/policy", "@pulumi/pulumi", "croner", "typescript"];

/**
 * Builds one pack into `folder`, which is emptied.
 *
 * @throws Error with what the compiler says.
 */
export function buildPack(pack: Pack, folder: string): void {
  const source = join(__dirname, pack);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  compile(join(source, "index.ts"), folder);
  cpSync(join(source, "PulumiPolicy.yaml"), join(folder, "PulumiPolicy.yaml"));
  cpSync(join(root, "defer.js"), join(folder, "defer.js"));
  writeFileSync(join(folder, "index.js"), `require("./defer");\nrequire("./policies/${pack}/index.js");\n`);
  const { dependencies } = manifestOf(root);
  const manifest = {
    ...manifestOf(source),
    main: "index.js",
    dependencies: Object.fromEntries(needed.map((name) => [name, dependencies[name]])),
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Writes `entry` and all of ours that it imports, with the tree's folders. */
function compile(entry: string, outDir: string): void {
  const parsed = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(parsed.config, ts.sys, root);
  const program = ts.createProgram([entry], { ...options, noEmit: false, rootDir: root, outDir, types: ["node"] });
  const problems = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (problems.length === 0) return;
  const host = {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name: string) => name,
    getNewLine: () => "\n",
  };
  throw new Error(ts.formatDiagnostics(problems, host));
}

if (require.main === module) for (const pack of packs) buildPack(pack, join(root, "dist", "policies", pack));
