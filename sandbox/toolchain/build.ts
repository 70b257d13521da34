import { spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { type Reporter, SandboxError } from "../report";
import { type ModuleFile, type Recipe } from "./parts";

interface BuildArgs {
  readonly recipe: Recipe;
  /** Folder of the module's sources; it is copied, never written to. */
  readonly source: string;
  /** Where the binaries go. */
  readonly target: string;
  readonly go: string;
  readonly report: Reporter;
  readonly signal: AbortSignal;
}

/** Builds every binary of a recipe into `target`. The sources' go.sum decides; nothing is taken that it does not name. */
export async function build(args: BuildArgs): Promise<void> {
  const { recipe, source, target, report } = args;
  const work = join(target, ".src");
  cpSync(source, work, { recursive: true });
  const go = goRunner(args, work);
  report({ event: "step", text: `building ${productsOf(recipe)}: fetching the modules` });
  const pathOf = async ([module, path]: ModuleFile): Promise<string> => {
    await go(["mod", "download", module]);
    return join((await go(["list", "-m", "-f", "{{.Dir}}", module])).trim(), path);
  };
  for (const [file, source] of Object.entries(recipe.embeds ?? {})) {
    mkdirSync(dirname(join(work, file)), { recursive: true });
    copyFileSync(await pathOf(source), join(work, file));
  }
  for (const [file, sources] of Object.entries(recipe.joins ?? {})) {
    const texts: string[] = [];
    for (const source of sources) texts.push(readFileSync(await pathOf(source), "utf8"));
    writeFileSync(join(target, file), texts.join("\n---\n"));
  }
  if (Object.keys(recipe.packages).length > 0) await buildPackages(args, go);
  rmSync(work, { recursive: true });
}

/** What a recipe makes, in words. */
export function productsOf({ packages, joins }: Recipe): string {
  return [...Object.keys(packages), ...Object.keys(joins ?? {})].join(", ");
}

async function buildPackages({ recipe, target, report }: BuildArgs, go: ReturnType<typeof goRunner>): Promise<void> {
  const packages = Object.values(recipe.packages);
  const total = (await go(["list", "-deps", ...packages])).trim().split("\n").length;
  const progress = packageCounter(recipe, total, report);
  const outputs = join(target, ".out");
  mkdirSync(outputs);
  await go(["build", "-v", ...flags(recipe), "-o", `${outputs}/`, ...packages], progress);
  for (const [name, path] of Object.entries(recipe.packages)) {
    copyFileSync(join(outputs, outputName(path)), join(target, name));
  }
  for (const [name, binary] of Object.entries(recipe.links ?? {})) symlinkSync(binary, join(target, name));
  rmSync(outputs, { recursive: true });
}

/** The flags of `go build`. Debug data is left out twice: the compiler need not make it, the linker need not keep it. */
export function flags(recipe: Recipe): string[] {
  return [
    "-trimpath",
    "-mod=readonly",
    "-buildvcs=false",
    "-gcflags=all=-dwarf=false",
    ...recipe.cold.map((pattern) => `-gcflags=${pattern}=-N -l -dwarf=false`),
    `-ldflags=${["-s", "-w", ...recipe.ldflags].join(" ")}`,
  ];
}

/** What `go build -o folder/` calls the binary of a package: the last element of its path that is no version. */
export function outputName(path: string): string {
  const elements = path.split("/").filter((element) => !/^v\d+$/.test(element));
  return elements.at(-1) ?? path;
}

/** Counts the packages that `go build -v` names, and estimates what is left from the pace so far. */
function packageCounter(recipe: Recipe, total: number, report: Reporter): (line: string) => void {
  const began = performance.now();
  let done = 0;
  return (line) => {
    if (!/^[\w.-]+(\/[\w.~-]+)*$/.test(line)) return;
    done += 1;
    const seconds = (performance.now() - began) / 1000;
    const left = (seconds / done) * (total - done);
    const estimate = seconds < 10 ? "" : `, about ${String(Math.ceil(left / 60))} min left`;
    const text = `building ${productsOf(recipe)} (${line}${estimate})`;
    report({ event: "progress", text, done: Math.min(done, total), total });
  };
}

function goRunner(args: BuildArgs, cwd: string) {
  return (argv: readonly string[], onLine: (line: string) => void = () => undefined): Promise<string> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" };
      const child = spawn(args.go, [...argv], { cwd, env, signal: args.signal, stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      const tail: string[] = [];
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      createInterface({ input: child.stderr }).on("line", (line) => {
        tail.push(line);
        if (tail.length > 15) tail.shift();
        onLine(line);
      });
      child.on("error", reject);
      child.on("close", (code, signal) => {
        if (code === 0) resolve(output);
        else reject(new SandboxError(`go ${argv[0] ?? ""} ended with ${String(code ?? signal)}:\n${tail.join("\n")}`));
      });
    });
}
