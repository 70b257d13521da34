/**
 * How long `pulumi up` takes for a release, beside a program of one ConfigMap in the same run: without a change, and
 * with one (a flip, beside an edited ConfigMap). The other program is plain JavaScript, which Pulumi compiles nothing of, on the
 * same packages: once without a refresh and once with one, as a release has. Needs the sandbox: npx cyan sandbox up && npm run bench:up
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellVariables } from "../sandbox/cluster/access";
import { sandboxPaths } from "../sandbox/cluster/paths";

const rounds = 9;
const checkout = join(__dirname, "..");
const paths = sandboxPaths(checkout, process.env);
const env = { ...process.env, ...shellVariables(paths, process.env) };

interface Program {
  readonly folder: string;
  readonly configFile: string;
}

function pulumi(program: Program, ...args: string[]): number {
  const began = performance.now();
  const flags = ["--non-interactive", "--config-file", program.configFile];
  const { status, stdout, stderr } = spawnSync("pulumi", [...args, ...flags], {
    cwd: program.folder,
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return (performance.now() - began) / 1000;
}

const up = (program: Program, ...args: string[]): number => pulumi(program, "up", "--yes", "--skip-preview", ...args);
const set = (program: Program, key: string, value: string): number => pulumi(program, "config", "set", key, value);

/** A program of one ConfigMap, in the same checkout, on packages and settings of its own that are the same. */
function bareProgram(work: string): Program {
  const write = (name: string, text: string): void => {
    writeFileSync(join(work, name), text);
  };
  write(
    "Pulumi.yaml",
    `name: bare
runtime: { name: nodejs, options: { packagemanager: npm, typescript: false } }
`,
  );
  write("package.json", '{ "name": "bare", "main": "index.js" }\n');
  write(
    "index.js",
    `const kubernetes = require("@pulumi/kubernetes");
const pulumi = require("@pulumi/pulumi");
const value = new pulumi.Config().get("value") ?? "";
new kubernetes.core.v1.ConfigMap("bare", { metadata: { name: "bare", namespace: "default" }, data: { value } });
`,
  );
  const packages = readdirSync(join(checkout, "node_modules")).filter((name) => !name.startsWith("."));
  const from = packages.map((name) => join(checkout, "node_modules", name));
  mkdirSync(join(work, "node_modules"));
  const { status, stderr } = spawnSync("cp", ["-al", ...from, join(work, "node_modules")], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the packages could not be linked: ${stderr}`);
  return { folder: work, configFile: join(work, "Pulumi.dev.yaml") };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[Math.floor(values.length / 2)] ?? NaN;
}

/** Runs all in turn, so that a machine whose speed drifts slows each, and prints medians and ratios. */
function compare(what: string, ours: () => number, bare: (refresh: boolean) => number): void {
  const turns = Array.from({ length: rounds }, () => ({ ours: ours(), floor: bare(false), refreshed: bare(true) }));
  const seconds = (name: keyof (typeof turns)[number]): string => median(turns.map((turn) => turn[name])).toFixed(2);
  const ratio = (name: "floor" | "refreshed"): string => median(turns.map((turn) => turn.ours / turn[name])).toFixed(2);
  process.stdout.write(
    `${what}: ${seconds("ours")} s; floor ${seconds("floor")} s, ratio ${ratio("floor")}; ` +
      `with a refresh ${seconds("refreshed")} s, ratio ${ratio("refreshed")}\n`,
  );
}

mkdirSync(join(checkout, ".cyan"), { recursive: true });
const work = mkdtempSync(join(checkout, ".cyan", "bench-"));
try {
  const bare = bareProgram(work);
  const upBare = (refresh: boolean): number => up(bare, `--refresh=${refresh}`);
  const release: Program = { folder: checkout, configFile: join(work, "Pulumi.release.yaml") };
  copyFileSync(join(checkout, "Pulumi.dev.yaml"), release.configFile);
  for (const program of [release, bare]) {
    spawnSync("pulumi", ["stack", "select", "--create", "dev", "--non-interactive"], { cwd: program.folder, env });
    up(program);
  }
  compare("pulumi up without a change", () => up(release), upBare);
  let turn = 0;
  compare(
    "pulumi up with a flip",
    () => {
      turn += 1;
      set(release, "activeColor", turn % 2 === 0 ? "blue" : "green");
      return up(release);
    },
    (refresh) => {
      set(bare, "value", `${turn} ${refresh}`);
      return upBare(refresh);
    },
  );
  set(release, "activeColor", "blue");
  up(release);
  pulumi(bare, "destroy", "--yes", "--skip-preview");
} finally {
  rmSync(work, { recursive: true });
}
