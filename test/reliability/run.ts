/**
 * `npm run test:reliability`: runs every case again and again under load until the goals are reached, and writes what was
 * lost to docs/reliability.json and docs/reliability.md. Exits with 1 when a request was lost by a transition.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { limits } from "../../sandbox/demo/load/limits";
import { EmbeddedCluster, EmbeddedStack } from "../support/embedded-stack";
import { type Case, cases } from "./cases";
import { CountedLoad } from "./counted-load";
import { add, type CaseRow, markdown, passed, type Receipt } from "./receipt";
import { quick, World } from "./world";

const checkout = join(__dirname, "..", "..");
/** The load ends by itself after this many seconds, or its limit of requests, whatever becomes of the suite. */
const longest = 6_900;

interface Goals {
  readonly transitions: number;
  readonly interruptions: number;
  readonly requests: number;
  readonly rate: number;
}

async function main(goals: Goals): Promise<void> {
  const interrupt = new AbortController();
  process.once("SIGINT", () => {
    interrupt.abort();
    say("interrupted: ends after this case; again to end at once");
  });
  const ended = (): boolean => interrupt.signal.aborted;
  const began = Date.now();
  const cluster = new EmbeddedCluster();
  await cluster.bringUp();
  const stack = new EmbeddedStack(quick);
  stack.reach();
  const seconds = Math.min(longest, Math.floor(limits.count / goals.rate));
  const load = await CountedLoad.start(sandboxPaths(checkout, process.env), goals.rate, seconds);
  const world = new World(cluster, stack, load);
  const reached = (): boolean =>
    world.transitions >= goals.transitions &&
    world.interruptions >= goals.interruptions &&
    load.counts().requests >= goals.requests;

  let rows: readonly CaseRow[] = [];
  for (; !reached() && !ended(); world.round += 1) {
    for (const one of cases) {
      if (ended()) break;
      rows = add(rows, await runOf(one, world));
      const { requests, lost } = load.counts();
      say(`${world.transitions} transitions, ${world.interruptions} interruptions, ${requests} requests, ${lost} lost`);
    }
  }
  await load.stop();
  const { transitions, interruptions } = world;
  const receipt: Receipt = {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: checkout }).toString().trim(),
    minutes: Math.round((Date.now() - began) / 60_000),
    ...{ rate: goals.rate, transitions, interruptions, counts: load.counts(), cases: rows },
  };
  await write("json", JSON.stringify(receipt));
  await write("md", markdown(receipt));
  stack.destroy();
  await cluster.leave();
  process.exitCode = passed(receipt) && reached() ? 0 : 1;
}

/** One run of a case. One that fails is taken home, so that the next begins where it must. */
async function runOf({ name, run }: Case, world: World): Promise<CaseRow> {
  say(name);
  const before = { ...world.load.counts(), transitions: world.transitions, interruptions: world.interruptions };
  const failures: string[] = [];
  try {
    await run(world);
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
    say(`failed: ${failures.join()}`);
    world.stack.unlock();
    world.home();
  }
  await world.load.nextSecond();
  const after = world.load.counts();
  return {
    name,
    runs: 1,
    transitions: world.transitions - before.transitions,
    interruptions: world.interruptions - before.interruptions,
    requests: after.requests - before.requests,
    lost: after.lost - before.lost,
    failures,
  };
}

async function write(extension: "json" | "md", text: string): Promise<void> {
  const path = join(checkout, "docs", `reliability.${extension}`);
  const parser = extension === "md" ? "markdown" : "json";
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser }));
}

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

const { values } = parseArgs({
  options: {
    transitions: { type: "string", default: "500" },
    interruptions: { type: "string", default: "100" },
    requests: { type: "string", default: "500000" },
    rate: { type: "string", default: "180" },
  },
});
void main({
  transitions: Number(values.transitions),
  interruptions: Number(values.interruptions),
  requests: Number(values.requests),
  rate: Number(values.rate),
});
