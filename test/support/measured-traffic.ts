import assert from "node:assert/strict";
import { join } from "node:path";
import { entrance } from "../../sandbox/cluster/access";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { tally } from "../../sandbox/demo/load/answer";
import { RunningLoad } from "../../sandbox/demo/load/client";
import { type LoadOrder } from "../../sandbox/demo/load/main";
import { contains, wilson99 } from "../../sandbox/demo/statistics";

const paths = sandboxPaths(join(__dirname, "..", ".."), process.env);

/** How a load goes: through the ingress controller, on connections that are kept, unless a test says otherwise. */
export type Way = Partial<Pick<LoadOrder, "origin" | "host" | "headers" | "fresh">>;

/** Requests to the demo service of this checkout's embedded cluster. */
export function startLoad(order: Pick<LoadOrder, "rate" | "count">, way: Way): RunningLoad {
  const { origin, anywhere, wrap } = entrance(paths);
  return RunningLoad.start(
    { origin, anywhere, host: "shop.localhost", path: "/", timeout: 5_000, ...order, ...way },
    wrap,
  );
}

/** This many requests, all of which have to be answered, by color. */
export async function sample(
  count: number,
  way: Way,
  rate = way.fresh ? 500 : 1_000,
): Promise<Readonly<Record<string, number>>> {
  const load = startLoad({ rate, count }, way);
  await load.finished;
  const { colors, lost, losses } = tally(load.answers);
  assert.equal(lost, 0, JSON.stringify(losses));
  return colors;
}

/** Resolves when only `color` answers, which a controller's delay keeps from being at once. */
export async function servedBy(color: string, way: Way): Promise<void> {
  while (Object.keys(await sample(50, way)).join() !== color);
}

/** Fails unless green's part of so many requests is that one. Of a hundred true shares one is outside: a second sample decides. */
export async function assertShare(percent: number, way: Way, count = 5_000, rate?: number): Promise<void> {
  const seen: string[] = [];
  while (seen.length < 2) {
    const colors = await sample(count, way, rate);
    const { green: hits = 0, blue: others = 0 } = colors;
    if (contains(wilson99(hits, hits + others), percent / 100)) return;
    seen.push(JSON.stringify(colors));
  }
  assert.fail(`green is to get ${percent} %, and got ${seen.join(", then ")}`);
}
