/**
 * How long `pulumi up` takes for a release, beside a program of one ConfigMap in the same run: without a change, and
 * with one (a flip, beside an edited ConfigMap). Needs the sandbox: npx cyan sandbox up && npm run bench:up
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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

const up = (program: Program): number => pulumi(program, "up", "--yes", "--skip-preview");
const set = (program: Program, key: string, value: string): number => pulumi(program, "config", "set", key, value);

/** A program of one ConfigMap, on the same packages and TypeScript settings. */
function bareProgram(work: string): Program {
  const write = (name: string, text: string): void => {
    writeFileSync(join(work, name), text);
  };
  write(
    "Pulumi.yaml",
    "name: bare\nruntime: { name: nodejs, options: { packagemanager: npm, tsconfig: tsconfig.swc.json } }\n",
  );
  write("package.json", '{ "name": "bare", "main": "index.ts" }\n');
  write(
    "index.ts",
    `import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
const value = new pulumi.Config().get("value") ?? "";
new kubernetes.core.v1.ConfigMap("bare", { metadata: { name: "bare", namespace: "default" }, data: { value } });
`,
  );
  for (const name of ["tsconfig.json", "tsconfig.swc.json"]) copyFileSync(join(checkout, name), join(work, name));
  symlinkSync(join(checkout, "node_modules"), join(work, "node_modules"));
  return { folder: work, configFile: join(work, "Pulumi.dev.yaml") };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[Math.floor(values.length / 2)] ?? NaN;
}

/** Runs both in turn, so that a machine whose speed drifts slows both, and prints their medians and ratio. */
function compare(what: string, ours: () => number, floor: () => number): void {
  const pairs = Array.from({ length: rounds }, () => [ours(), floor()] as const);
  const [our, bare] = [median(pairs.map(([one]) => one)), median(pairs.map(([, two]) => two))];
  const ratio = median(pairs.map(([one, two]) => one / two));
  process.stdout.write(`${what}: ${our.toFixed(2)} s, floor ${bare.toFixed(2)} s, ratio ${ratio.toFixed(2)}\n`);
}

const work = mkdtempSync(join(tmpdir(), "cyan-bench-"));
try {
  const bare = bareProgram(work);
  const release: Program = { folder: checkout, configFile: join(work, "Pulumi.release.yaml") };
  copyFileSync(join(checkout, "Pulumi.dev.yaml"), release.configFile);
  for (const program of [release, bare]) {
    spawnSync("pulumi", ["stack", "select", "--create", "dev", "--non-interactive"], { cwd: program.folder, env });
    up(program);
  }
  compare(
    "pulumi up without a change",
    () => up(release),
    () => up(bare),
  );
  let turn = 0;
  compare(
    "pulumi up with a flip",
    () => {
      turn += 1;
      set(release, "activeColor", turn % 2 === 0 ? "blue" : "green");
      return up(release);
    },
    () => {
      set(bare, "value", String(turn));
      return up(bare);
    },
  );
  set(release, "activeColor", "blue");
  up(release);
  pulumi(bare, "destroy", "--yes", "--skip-preview");
} finally {
  rmSync(work, { recursive: true });
}
