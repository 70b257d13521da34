/**
 * What the policy packs add to `pulumi preview`: the same preview with and without the pack for production, in turn, of the first
 * deploy of 1, 100 and 400 services. Needs the sandbox: npx cyan sandbox up && npm run bench:policies
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { shellVariables } from "../sandbox/cluster/access";
import { sandboxPaths } from "../sandbox/cluster/paths";

/**
 * How many services, and how many pairs of previews. Of these, no more than about 400 fit into one stack: Pulumi hands the config to
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

function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[Math.floor(values.length / 2)] ?? NaN;
}

const work = mkdtempSync(join(tmpdir(), "cyan-bench-"));
const wanted = process.argv.slice(2).map(Number);
try {
  pulumi("stack", "select", "--create", "bench-policies");
  process.stdout.write(
    "| services | resources | without | with the pack | more | ratio |\n| --- | --- | --- | --- | --- | --- |\n",
  );
  for (const { services, rounds } of sizes.filter((each) => wanted.length === 0 || wanted.includes(each.services))) {
    const configFile = join(work, "Pulumi.bench.yaml");
    writeFileSync(configFile, configOf(services));
    const preview = ["preview", "--stack", "bench-policies", "--config-file", configFile];
    const pairs = Array.from({ length: rounds }, () => {
      const without = pulumi(...preview);
      const packed = pulumi(...preview, "--policy-pack", join("policies", "prod"));
      return { without: without.seconds, packed: packed.seconds, out: without.out };
    });
    const [without, packed] = [median(pairs.map((each) => each.without)), median(pairs.map((each) => each.packed))];
    const more = median(pairs.map((each) => each.packed - each.without));
    const resources = /\+ (\d+) to create/.exec(pairs[0]?.out ?? "")?.[1] ?? "?";
    const seconds = [without, packed, more].map((value) => `${value.toFixed(1)} s`);
    process.stdout.write(`| ${[services, resources, ...seconds, (packed / without).toFixed(2)].join(" | ")} |\n`);
  }
} finally {
  pulumi("stack", "rm", "bench-policies", "--yes");
  rmSync(work, { recursive: true });
}
