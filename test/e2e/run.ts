/**
 * Runs the tests on the embedded cluster, where its binaries are here or CI wants them built; else says what it left out.
 * They are built before any test begins: that takes a quarter of an hour, and no test waits that long.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { textReporter } from "../../sandbox/report";
import { addonNames, type AddonName } from "../../sandbox/toolchain/addons";
import { cacheFolder } from "../../sandbox/toolchain/cache";
import { machineArch } from "../../sandbox/toolchain/parts";
import { ensureTools, missingTools, presentTools } from "../../sandbox/toolchain/toolchain";
import { engines } from "../support/elasticsearch/engines";
import { ensureEngine } from "../support/elasticsearch/install";

/** What the usual tests need. Those of Istio are a run of their own, for it takes longer to build than both. */
const usual: readonly AddonName[] = ["argo-rollouts", "flagger"];

async function main(): Promise<void> {
  const options = { with: { type: "string", multiple: true } } as const;
  const { values, positionals: given } = parseArgs({ options, allowPositionals: true });
  const asked = addonNames.filter((name) => values.with?.includes(name));
  const addons = asked.length > 0 ? asked : usual;
  const env = process.env;
  const cache = cacheFolder(env);
  const missing = missingTools(await presentTools({ cache, env }));
  const able = process.platform === "linux" && process.getuid?.() === 0;
  if (!env["CI"] && asked.length === 0 && (missing.length > 0 || !able)) {
    const why = able ? `there is no ${missing[0] ?? ""} yet` : "they need Linux and root";
    process.stdout.write(
      `left out: the tests on the embedded cluster, for ${why}; run them with: CI=1 npm run test:e2e\n`,
    );
    return;
  }
  const [report, { signal }] = [textReporter(process.stdout), new AbortController()];
  await ensureTools({ cache, env, addons, arch: machineArch(), fetch, report, signal });
  if (asked.length === 0) for (const engine of engines) await ensureEngine(engine, { cache, env, fetch, report });
  const files = given.length > 0 ? given : ["test/e2e/**/*.test.ts"];
  const mocha = ["node_modules/mocha/bin/mocha.js", "--config", ".mocharc.e2e.json", ...files];
  process.exitCode = spawnSync(process.execPath, mocha, { stdio: "inherit" }).status ?? 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
