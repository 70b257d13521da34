import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MetricsSettings } from "../../../../components/model/rollout";
import { systemClock } from "../../../../driver/clock";
import { metrics } from "../../../../driver/observers/metrics/metrics";
import { type RolloutEvent } from "../../../../driver/rollout/report";
import { type RolloutView } from "../../../../driver/rollout/view";
import { parseOpenMetrics } from "../../../support/open-metrics";
import { type Answer, type Received, WebServer } from "../../../support/web";

const began = new Date("2026-11-24T12:00:00Z");
const blue = { activeColor: "blue", canaryWeight: 0 } as const;
const view: RolloutView = {
  ...{ stack: "acme/shop/prod", rollout: "20261124-120000", from: "blue", to: "green", weights: [20], began },
  ...{ phase: "moving", since: began, step: 0, traffic: blue, evidence: [] },
};
const moved = (canaryWeight: number): RolloutEvent => ({
  ...{ event: "moved", step: 0, seconds: 3 },
  traffic: { activeColor: "blue", canaryWeight },
});
const ended = { event: "ended", outcome: "restored", traffic: blue } as const;
const stateIn = (text: string): unknown =>
  parseOpenMetrics(text).find(({ name, value }) => name === "cyan_rollout_state" && value === 1)?.labels["state"];
const shareIn = (text: string): unknown =>
  parseOpenMetrics(text).find(({ labels }) => labels["color"] === "green")?.value;

describe("where the metrics of a rollout are kept", () => {
  let lines: string[];
  beforeEach(() => (lines = []));
  const keep = (settings: MetricsSettings, env: Readonly<Record<string, string>> = {}) =>
    metrics({
      settings,
      view,
      secrets: { env, credentials: {} },
      fetch,
      clock: systemClock,
      pid: 7,
      problem: (line) => lines.push(line),
    });

  describe("in a file", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cyan-metrics-"))));
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it("they are as of the last event, for everyone to read, and there is nothing else", async () => {
      const textfile = join(folder, "collector", "cyan.prom");
      const observer = keep({ textfile });
      observer.tell(moved(20));
      assert.equal(shareIn(readFileSync(textfile, "utf8")), 0.2);
      const before = statSync(textfile).ino;
      observer.tell(ended);
      await observer.close();
      assert.equal(stateIn(readFileSync(textfile, "utf8")), "restored");
      // Another file has taken its place: whoever was reading has read the old one to its end.
      assert.notEqual(statSync(textfile).ino, before);
      assert.equal(statSync(textfile).mode & 0o777, 0o644);
      assert.deepEqual(readdirSync(join(folder, "collector")), ["cyan.prom"]);
      assert.deepEqual(lines, []);
    });

    it("that cannot be written, it is told once, and again when it could be meanwhile", () => {
      const textfile = join(folder, "cyan.prom");
      mkdirSync(textfile);
      const observer = keep({ textfile });
      observer.tell(moved(20));
      observer.tell(moved(50));
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? "", /^rollout\.metrics\.textfile could not be written: E[A-Z]+: /);
      assert.deepEqual(readdirSync(folder), ["cyan.prom"]);
      rmSync(textfile, { recursive: true });
      observer.tell(moved(20));
      rmSync(textfile);
      mkdirSync(textfile);
      observer.tell(moved(50));
      assert.equal(lines.length, 2);
    });
  });

  describe("at a Pushgateway", () => {
    let server: WebServer;
    let answer: (request: Received) => Answer;
    beforeEach(async () => {
      answer = () => ({ body: "" });
      server = await WebServer.start((request) => answer(request));
    });
    afterEach(() => server.stop());

    it("they take the place of what the stack had there, and say at last how it ended", async () => {
      const pushgateway = { url: `${server.url}/push/`, user: "ada", password: { env: "PASSWORD" } };
      const observer = keep({ pushgateway }, { PASSWORD: "hunter2" });
      observer.tell(moved(20));
      observer.tell(ended);
      await observer.close();
      const last = server.received.at(-1) ?? assert.fail("nothing was pushed");
      const group = `stack@base64/${Buffer.from("acme/shop/prod").toString("base64url")}`;
      assert.deepEqual([last.method, last.url], ["PUT", `/push/metrics/job/cyan/${group}`]);
      assert.equal(last.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
      assert.equal(last.headers.authorization, `Basic ${Buffer.from("ada:hunter2").toString("base64")}`);
      assert.equal(stateIn(last.body), "restored");
      assert.deepEqual(lines, []);
    });

    it("are pushed as they are when their turn comes: many events at once are two pushes", async () => {
      const first = new Promise<void>((resolve) => {
        answer = () => {
          resolve();
          return { body: "" };
        };
      });
      const observer = keep({ pushgateway: { url: server.url } });
      observer.tell(moved(1));
      await first;
      for (let weight = 2; weight < 50; weight += 1) observer.tell(moved(weight));
      await observer.close();
      assert.ok(server.received.length <= 3, String(server.received.length));
      assert.equal(shareIn(server.received.at(-1)?.body ?? ""), 0.49);
    });

    it("that refuses them, it is told once, without the password", async () => {
      answer = ({ headers }) => ({ status: 400, body: `no ${headers.authorization ?? ""}` });
      const pushgateway = { url: server.url, token: { env: "TOKEN" } };
      const observer = keep({ pushgateway }, { TOKEN: "hunter2" });
      observer.tell(moved(20));
      observer.tell(ended);
      await observer.close();
      const { host } = new URL(server.url);
      assert.deepEqual(lines, [`rollout.metrics.pushgateway was not told: ${host} answered 400: no Bearer [secret]`]);
    });

    it("that needs a password that is not there, it is told before anything is pushed", async () => {
      const observer = keep({ pushgateway: { url: server.url, user: "ada", password: { env: "PASSWORD" } } });
      observer.tell(ended);
      await observer.close();
      assert.deepEqual(lines, [
        "rollout.metrics.pushgateway.password: the environment has no PASSWORD; export it; nothing is pushed there",
      ]);
      assert.deepEqual(server.received, []);
    });
  });
});
