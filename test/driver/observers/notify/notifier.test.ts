import assert from "node:assert/strict";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { systemClock } from "../../../../driver/clock";
import { notifier } from "../../../../driver/observers/notify/notifier";
import { type Observer } from "../../../../driver/observers/observer";
import { type RolloutEvent } from "../../../../driver/rollout/report";
import { type SecretSources } from "../../../../driver/secret";
import { goodConfig, settingsOf } from "../../../components/fixtures";
import { type Answer, type Received, WebServer } from "../../../support/web";

const subject = { stack: "prod", rollout: "20261124-120000", from: "blue", to: "green", by: "ada" } as const;
const traffic = { activeColor: "blue", canaryWeight: 20 } as const;
const events: readonly RolloutEvent[] = [
  { event: "began", from: "blue", to: "green", weights: [20], images: {} },
  { event: "moving", step: 0, traffic },
  { event: "moved", step: 0, traffic, seconds: 3 },
  { event: "looked", step: 0, left: 30, evidence: [] },
  { event: "ended", outcome: "promoted", traffic },
];
const signingSecret = `whsec_${randomBytes(32).toString("base64")}`;

describe("notifications of a rollout", () => {
  let server: WebServer;
  let answer: (request: Received) => Answer;
  let lines: string[];
  beforeEach(async () => {
    [answer, lines] = [() => ({ body: "ok" }), []];
    server = await WebServer.start((request) => answer(request));
  });
  afterEach(() => server.stop());

  /** Tells of all events, as the config says. */
  function told(
    notify: Readonly<Record<string, unknown>>,
    secrets: Partial<SecretSources>,
    clock = systemClock,
  ): Observer {
    const { env = {}, credentials = {} } = secrets;
    const observer = notifier({
      targets: settingsOf({ ...goodConfig, credentials, rollout: { notify } }).rollout.notify,
      subject,
      secrets: { env, credentials },
      fetch,
      clock,
      newId: randomUUID,
      problem: (line) => lines.push(line),
    });
    for (const event of events) observer.tell(event);
    return observer;
  }
  const notify = (...args: Parameters<typeof told>): Promise<void> => told(...args).close();
  const types = (): unknown[] => server.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);

  it("go to a webhook in their order, and let it tell that they are ours, unchanged and new", async () => {
    const credentials = { ledger: `${server.url}/hook`, key: signingSecret };
    const url = { config: "ledger" };
    await notify(
      { ledger: { kind: "webhook", url, secret: { config: "key" }, on: ["moved", "ended"] } },
      { credentials },
    );
    assert.deepEqual(types(), ["rollout.moved", "rollout.ended"]);
    const key = Buffer.from(signingSecret.slice("whsec_".length), "base64");
    for (const { headers, body } of server.received) {
      const sent = Number(headers["webhook-timestamp"]);
      assert.ok(Math.abs(Date.now() / 1000 - sent) < 60);
      const content = `${String(headers["webhook-id"])}.${sent}.${body}`;
      const expected = createHmac("sha256", key).update(content).digest("base64");
      assert.equal(headers["webhook-signature"], `v1,${expected}`);
      assert.equal(headers["content-type"], "application/json");
    }
    assert.equal(new Set(server.received.map(({ headers }) => headers["webhook-id"])).size, 2);
    assert.deepEqual(lines, []);
  });

  it("go to Slack and to Teams, and leave out what nobody wants to read by default", async () => {
    const env = { SLACK: `${server.url}/slack`, TEAMS: `${server.url}/teams` };
    await notify(
      { chat: { kind: "slack", url: { env: "SLACK" } }, office: { kind: "teams", url: { env: "TEAMS" } } },
      { env },
    );
    const of = (path: string): number => server.received.filter(({ url }) => url === path).length;
    assert.deepEqual([of("/slack"), of("/teams")], [3, 3]);
    assert.deepEqual(lines, []);
  });

  it("that a server refuses are told in a line each, which has nothing of its address", async () => {
    answer = ({ url }) => ({ status: 403, body: `no ${url} here, nor ${server.url}${url}` });
    const env = { SLACK: `${server.url}/services/T00000000/B00000000?key=hunter22` };
    await notify({ chat: { kind: "slack", url: { env: "SLACK" }, on: ["began", "ended"] } }, { env });
    assert.deepEqual(lines, [
      "rollout.notify.chat was not told of began: the server answered 403: no [secret] here, nor [secret]",
      "rollout.notify.chat was not told of ended: the server answered 403: no [secret] here, nor [secret]",
    ]);
  });

  it("to one server do not wait for another that does not answer", async () => {
    const four = new Promise<void>((resolve) => {
      answer = ({ url }) => {
        if (server.received.filter(({ url: each }) => each === "/fast").length === 4) resolve();
        return url === "/slow" ? {} : { body: "ok" };
      };
    });
    const env = { SLOW: `${server.url}/slow`, FAST: `${server.url}/fast` };
    const fast = { kind: "teams", url: { env: "FAST" }, on: ["began", "moving", "moved", "ended"] };
    // The command that ends has no patience.
    const clock = { ...systemClock, sleep: () => Promise.resolve() };
    const observer = told({ slow: { kind: "slack", url: { env: "SLOW" }, on: ["began"] }, fast }, { env }, clock);
    await four;
    await observer.close();
    assert.equal(lines[0], "rollout.notify.slow was not told of began: the command ended before that");
  });

  it("that cannot be sent at all are told of when the rollout begins, and nothing of their secrets", async () => {
    const credentials = { text: "hunter2", ftp: "ftp://hunter2@example.com/", key: "hunter2" };
    const env = { URL: `${server.url}/hook` };
    await notify(
      {
        a: { kind: "slack", url: { env: "NOWHERE" } },
        b: { kind: "teams", url: { config: "text" } },
        c: { kind: "slack", url: { config: "ftp" } },
        d: { kind: "webhook", url: { env: "URL" }, secret: { config: "key" } },
        e: { kind: "webhook", url: { env: "URL" }, secret: { env: "NO_KEY" } },
      },
      { env, credentials },
    );
    assert.deepEqual(lines, [
      "rollout.notify.a.url: the environment has no NOWHERE; export it; nothing is sent there",
      "rollout.notify.b.url: is no http or https address; nothing is sent there",
      "rollout.notify.c.url: is no http or https address; nothing is sent there",
      "rollout.notify.d.secret: is no secret of Standard Webhooks; make one with: echo whsec_$(openssl rand -base64 32); nothing is sent there",
      "rollout.notify.e.secret: the environment has no NO_KEY; export it; nothing is sent there",
    ]);
    assert.deepEqual(server.received, []);
  });
});
