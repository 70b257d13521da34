/**
 * From the decision to take a release back until the last answer of it, at 200 requests/s: from the verdict of a running
 * rollout, and from the commands `cyan abort` and `kubectl annotate`. Needs the sandbox: npx cyan sandbox up && npm run bench:abort
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { entrance } from "../sandbox/cluster/access";
import { RunningLoad } from "../sandbox/demo/load/client";
import { BenchStack, median, paths } from "./release-stack";

const rounds = 5;
const rate = 200;
const canary = ["annotate", "ingress", "shop-canary", "--namespace", "cyan-dev", "--overwrite"];
const weight = (value: number): string => `nginx.ingress.kubernetes.io/canary-weight=${value}`;

/** An analysis that always fails, as a file. */
async function failing(work: string): Promise<{ file: string; close: () => void }> {
  const server = createServer((_, response) => response.end('{"value":1}')).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const file = join(work, "analysis.yaml");
  const metric = "{ name: errors, judge: threshold, query: { path: /, value: value }, successCondition: result < 1 }";
  writeFileSync(
    file,
    `interval: 1s\nproviders: { load: { kind: web, url: "http://127.0.0.1:${port}" } }\nmetrics: [${metric}]\n`,
  );
  return { file, close: () => server.close() };
}

/** Milliseconds from an instant to the last answer of green, once green has been silent for a second. */
async function lastOfGreen(load: RunningLoad, decided: number): Promise<number> {
  for (;;) {
    const green = load.between(decided - 5_000, Infinity).filter(({ color }) => color === "green");
    const last = green.at(-1)?.at ?? decided;
    if (Date.now() - Math.max(last, decided) > 1_000) return Math.max(0, last - decided);
    await setTimeout(50);
  }
}

async function untilGreen(load: RunningLoad): Promise<void> {
  while (!load.between(Date.now() - 300, Infinity).some(({ color }) => color === "green")) await setTimeout(50);
}

async function main(): Promise<void> {
  const stack = new BenchStack("bench-abort");
  const work = mkdtempSync(join(tmpdir(), "cyan-bench-abort-"));
  const { origin, anywhere, wrap } = entrance(paths);
  const analysis = await failing(work);
  let load: RunningLoad | undefined;
  try {
    stack.up();
    load = RunningLoad.start(
      { origin, anywhere, host: "shop.localhost", path: "/", rate, timeout: 5_000, count: rate * 3_000 },
      wrap,
    );
    await load.begun;
    const seen: Record<string, number[]> = { verdict: [], "cyan abort": [], "kubectl annotate": [] };
    for (let round = 0; round < rounds; round += 1) {
      const { told } = await stack.cyan("rollout", "--steps", "50", "--interval", "5s", "--analysis", analysis.file);
      const judged = Date.parse(told.find(({ event }) => event === "judged")?.time ?? "");
      seen["verdict"]?.push(await lastOfGreen(load, judged));
      for (const command of ["cyan abort", "kubectl annotate"] as const) {
        stack.run("kubectl", ...canary, weight(50));
        await untilGreen(load);
        const decided = Date.now();
        if (command === "cyan abort") await stack.cyan("abort");
        else stack.run("kubectl", ...canary, weight(0));
        seen[command]?.push(await lastOfGreen(load, decided));
      }
    }
    for (const [what, times] of Object.entries(seen)) {
      const [low, high] = [Math.min(...times), Math.max(...times)];
      process.stdout.write(
        `from ${what} to the last answer of the release: ${median(times).toFixed(0)} ms (${low.toFixed(0)} to ${high.toFixed(0)})\n`,
      );
    }
  } finally {
    await load?.stop();
    analysis.close();
    rmSync(work, { recursive: true });
    stack.remove();
  }
}

void main();
