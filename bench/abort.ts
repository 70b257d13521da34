/**
 * From the decision to take a release back until the last answer of it, at 200 requests/s and half of them: from the verdict
 * of a running rollout, and from the commands `cyan abort`, `kubectl annotate` and `kubectl argo rollouts abort`, in turn. Needs
 * the sandbox: npx cyan sandbox up --with argo-rollouts && npm run bench:abort
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entrance } from "../sandbox/cluster/access";
import { RunningLoad } from "../sandbox/demo/load/client";
import { aligned } from "../sandbox/demo/table";
import { argoHost, ArgoRelease } from "./argo-release";
import { BenchStack, median, paths } from "./release-stack";

const rounds = 5;
const rate = 200;
const byHand = "kubectl annotate";
const byArgo = "kubectl argo rollouts abort";
const canary = ["kubectl", "annotate", "ingress", "shop-canary", "--namespace", "cyan-dev", "--overwrite"] as const;
const weight = (value: number): string => `nginx.ingress.kubernetes.io/canary-weight=${value}`;

/** A way to take a release back. */
interface Way {
  readonly name: string;
  /** Where the release is reached. */
  readonly host: string;
  /** Gives the release its half; absent where `abort` does that too. */
  readonly release?: () => Promise<void>;
  /** Takes it back, and gives the instant of the decision, in milliseconds since 1970. */
  readonly abort: () => Promise<number>;
  /** Makes all as it was, where the way back does not. */
  readonly after?: () => Promise<void>;
}

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

/** Milliseconds from an instant to the last answer of green, once others have been answered for a second. */
async function lastOfGreen(load: RunningLoad, decided: number): Promise<number> {
  for (;;) {
    await load.nextAnswer();
    const last = load.answers.findLast(({ color }) => color === "green")?.at ?? decided;
    if ((load.answers.at(-1)?.at ?? 0) - Math.max(last, decided) > 1_000) return Math.max(0, last - decided);
  }
}

async function untilGreen(load: RunningLoad): Promise<void> {
  while (load.answers.at(-1)?.color !== "green") await load.nextAnswer();
}

function waysOf(stack: BenchStack, argo: ArgoRelease, analysis: string): Way[] {
  const host = "shop.localhost";
  const release = (): Promise<void> => stack.runBeside([...canary, weight(50)]);
  const decided = async (act: () => Promise<unknown>): Promise<number> => {
    const instant = Date.now();
    await act();
    return instant;
  };
  return [
    {
      name: "verdict of cyan rollout",
      host,
      abort: async () => {
        const { told } = await stack.cyan("rollout", "--steps", "50", "--interval", "5s", "--analysis", analysis);
        return Date.parse(told.find(({ event }) => event === "judged")?.time ?? "");
      },
    },
    { name: "cyan abort", host, release, abort: () => decided(() => stack.cyan("abort")) },
    { name: byHand, host, release, abort: () => decided(() => stack.runBeside([...canary, weight(0)])) },
    {
      name: byArgo,
      host: argoHost,
      release: () => argo.release(),
      abort: () => decided(() => argo.abort()),
      after: () => argo.serve(),
    },
  ];
}

/** Milliseconds from the decision to the last answer of the release, one way. */
async function measure({ host, release, abort, after }: Way): Promise<number> {
  const { origin, anywhere, wrap } = entrance(paths);
  const order = { origin, anywhere, host, path: "/", rate, timeout: 5_000, count: rate * 300 };
  const load = RunningLoad.start(order, wrap);
  try {
    await load.begun;
    if (release) await release().then(() => untilGreen(load));
    return await lastOfGreen(load, await abort());
  } finally {
    await load.stop();
    await after?.();
  }
}

/** Medians and ranges, and how they compare. */
function report(seen: Readonly<Record<string, readonly number[]>>): string {
  const ratio = (times: readonly number[], to: string): string => (median(times) / median(seen[to] ?? [])).toFixed(2);
  const rows = Object.entries(seen).map(([name, times]) => [
    name,
    `${median(times).toFixed(0)} ms`,
    `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)} ms`,
    ratio(times, byHand),
    ratio(times, byArgo),
  ]);
  const head = ["from the decision to the last answer", "median", "range", "beside annotate", "beside Argo"];
  return `${aligned([head, ...rows]).join("\n")}\n`;
}

async function main(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "cyan-bench-abort-"));
  const analysis = await failing(work);
  const stack = new BenchStack("bench-abort");
  const argo = new ArgoRelease(stack);
  try {
    stack.up();
    await argo.up();
    const ways = waysOf(stack, argo, analysis.file);
    const seen: Record<string, number[]> = Object.fromEntries(ways.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const way of ways) seen[way.name]?.push(await measure(way));
    }
    process.stdout.write(report(seen));
  } finally {
    analysis.close();
    rmSync(work, { recursive: true });
    stack.remove();
    argo.remove();
  }
}

void main();
