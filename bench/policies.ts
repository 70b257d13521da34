/**
 * What the policy packs add to `pulumi preview`: the same preview without a pack, with one that has no policy, and with the one for
 * production, in turn, of the first deploy of 1, 100 and 400 services. What the empty pack adds is the SDK's and the engine's own.
 * Needs the sandbox: npx cyan sandbox up && npm run bench:policies
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { shellVariables } from "../sandbox/cluster/access";
import { sandboxPaths } from "../sandbox/cluster/paths";

/**
 * How many services, and how often each preview. Of these, no more than about 400 fit into one stack: Pulumi hands the config to
 * a program in one environment variable, and Linux takes 128 KiB for one.
 */
const sizes = [
  { services: 1, rounds: 9 },
  { services: 100, rounds: 3 },
  { services: 400, rounds: 1 },
] as const;

const checkout = join(__dirname, "..");
const paths = sandboxPaths(checkout, process.env);
const env = { ...process.env, ...shellVariables(paths, process.env), NO_COLOR: "1" };

function pulumi(...args: string[]): { readonly seconds: number; readonly out: string } {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive"], {
    cwd: checkout,
    env,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${stdout.slice(-4000)}${stderr.slice(-4000)}`);
  return { seconds: (performance.now() - began) / 1000, out: stdout };
}

/** Services that every rule accepts, on paths of one host. */
function configOf(services: number): string {
  const image = (digit: string): string => `registry.example.com/shop@sha256:${digit.repeat(64)}`;
  const names = Array.from({ length: services }, (_, index) => `shop-${index}`);
  const service = (name: string) => ({
    port: 80,
    ingress: { path: `/${name}` },
    blue: { image: image("1") },
    green: { image: image("2") },
  });
  return stringify({
    config: {
      "cyan:namespace": "cyan-bench",
      "cyan:ingress": { host: "shop.example.com", tls: "shop" },
      "cyan:services": Object.fromEntries(names.map((name) => [name, service(name)])),
    },
  });
}

/** A pack without a policy, as the SDK's own start and requests have it. Gives its folder. */
function emptyPack(folder: string): string {
  mkdirSync(folder);
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", version: "0.1.0", main: "index.js" }));
  const program = `new (require("@pulumi/policy").PolicyPack)("empty", { policies: [] });\n`;
  writeFileSync(join(folder, "index.js"), program);
  return folder;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[Math.floor(values.length / 2)] ?? NaN;
}

const work = mkdtempSync(join(tmpdir(), "cyan-bench-"));
const wanted = process.argv.slice(2).map(Number);
const heads = ["services", "resources", "without", "with an empty pack", "with the pack", "empty: more", "pack: more"];
const row = (cells: readonly unknown[]): boolean => process.stdout.write(`| ${cells.join(" | ")} |\n`);
try {
  const packs = [[], [emptyPack(join(work, "empty"))], [join("policies", "prod")]] as const;
  pulumi("stack", "select", "--create", "bench-policies");
  row(heads);
  row(heads.map(() => "---"));
  for (const { services, rounds } of sizes.filter((each) => wanted.length === 0 || wanted.includes(each.services))) {
    const configFile = join(work, "Pulumi.bench.yaml");
    writeFileSync(configFile, configOf(services));
    const preview = ["preview", "--stack", "bench-policies", "--config-file", configFile];
    const round = () => packs.map((pack) => pulumi(...preview, ...pack.flatMap((folder) => ["--policy-pack", folder])));
    const runs = Array.from({ length: rounds }, round);
    const seconds = packs.map((_, pack) => median(runs.map((run) => run[pack]?.seconds ?? NaN)));
    const more = [1, 2].map((pack) =>
      median(runs.map((run) => (run[pack]?.seconds ?? NaN) - (run[0]?.seconds ?? NaN))),
    );
    const resources = /\+ (\d+) to create/.exec(runs[0]?.[0]?.out ?? "")?.[1] ?? "?";
    row([services, resources, ...[...seconds, ...more].map((value) => `${value.toFixed(1)} s`)]);
  }
} finally {
  pulumi("stack", "rm", "bench-policies", "--yes");
  rmSync(work, { recursive: true });
}
