import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../../driver/checkout";
import { type Invocation } from "../../../driver/invocation";
import { holderOf } from "../../../driver/rollout/holder";
import { viewOf } from "../../../driver/rollout/lease";
import { begin } from "../../../driver/rollout/next";
import { type Receipt } from "../../../driver/rollout/receipt";
import { readReceipts } from "../../../driver/rollout/receipt-store";
import { type RolloutEvent } from "../../../driver/rollout/report";
import { run } from "../../../driver/rollout/run";
import { type Session } from "../../../driver/rollout/session";
import { began } from "../../../driver/rollout/start";
import { firstState } from "../../../driver/rollout/state";
import { goodConfig, settingsOf } from "../../components/fixtures";
import { FakeLeases } from "../../support/leases";
import { FakeStack } from "../../support/release-stack";
import { type Answer, WebServer } from "../../support/web";

const plan = {
  ...({ from: "blue", to: "green", weights: [50], interval: 0, approve: false, analysis: false } as const),
  weights: [50],
  images: [],
};

describe("a rollout that others are told of", () => {
  const name = `unit-${process.pid}`;
  const leases = new FakeLeases();
  let server: WebServer;
  let answer: Answer;
  beforeEach(async () => {
    server = await WebServer.start(() => answer);
  });
  afterEach(async () => {
    await server.stop();
    rmSync(join(checkout, ".cyan", "receipts", name), { recursive: true, force: true });
  });

  /** A whole rollout, from its first update to its end. */
  async function rolledOut(id: string, notify: object) {
    const release = new FakeStack();
    const events: RolloutEvent[] = [];
    const settings = settingsOf({ ...goodConfig, rollout: { notify } });
    const holder = holderOf({ user: "ada", host: "one", space: "1", pid: 1, started: "s", isAlive: () => true });
    const session: Session = {
      stack: { name, settings, secretKeys: [], warnings: [], recorded: {} },
      ...{ leases, leaseName: "rollout", holder, user: "ada", live: release, release },
      events: { create: () => Promise.resolve(true) },
      routes: () => Promise.resolve([]),
    };
    const env = { HOOK: `${server.url}/very/secret` };
    const invocation = { env, signal: new AbortController().signal, exitCode: -1 } as unknown as Invocation;
    const tell = (event: RolloutEvent) => events.push(event);
    const reporter = () => ({ tell, close: () => Promise.resolve() });
    const decide = () => ({ start: begin(firstState(id, plan)), event: began(plan) });
    await run({ session, decide, reporter, invocation });
    const lease = await leases.read("rollout");
    const kept = lease === undefined ? undefined : viewOf(lease).receipt;
    const receipts = [readReceipts(name)[0], JSON.parse(kept ?? "null") as Receipt | undefined];
    return { code: invocation.exitCode, events, receipts, release };
  }
  const hook = { kind: "slack", url: { env: "HOOK" }, on: ["began", "moved", "ended"] };

  it("tells them from its beginning to its end", async () => {
    answer = { body: "ok" };
    const { code, events } = await rolledOut("20261124-120000", { chat: hook });
    assert.equal(code, 0);
    const texts = server.received.map(({ body }) => (JSON.parse(body) as { text: string }).text);
    assert.deepEqual(
      texts.map((text) => text.replace(/after .*/, "")),
      [
        `${name}: rollout from blue to green: 50 %, flip`,
        `${name}: live: blue 50 %, green 50 %, `,
        `${name}: live: blue 0 %, green 100 %, `,
        `${name}: promoted: blue 0 %, green 100 %`,
      ],
    );
    assert.ok(events.every(({ event }) => event !== "warning"));
  });

  it("is promoted all the same when they are not there, and keeps that in its receipt, without their address", async () => {
    answer = { status: 403, body: "/very/secret" };
    const { code, events, receipts, release } = await rolledOut("20261124-130000", { chat: hook });
    assert.deepEqual([code, release.live.activeColor], [0, "green"]);
    const warnings = events.flatMap((event) => (event.event === "warning" ? [event.text] : []));
    const told = (what: string): string =>
      `rollout.notify.chat was not told of ${what}: the server answered 403: [secret]`;
    assert.deepEqual(warnings, ["began", "moved", "moved", "ended"].map(told));
    for (const receipt of receipts) assert.deepEqual(receipt?.warnings, warnings);
    assert.doesNotMatch(JSON.stringify([receipts, release.config, events]), /very/);
  });
});
