import assert from "node:assert/strict";
import { noticeOf } from "../../../../driver/observers/notify/notice";
import { formats } from "../../../../driver/observers/notify/registry";
import { signed, signingSecretProblem } from "../../../../driver/observers/notify/webhook";
import { type RolloutEvent } from "../../../../driver/rollout/report";
import { Secret } from "../../../../driver/secret";

const subject = { stack: "prod", rollout: "20261124-120000", from: "blue", to: "green", by: "ada" } as const;
const at = new Date("2026-11-24T12:00:00Z");
const traffic = { activeColor: "blue", canaryWeight: 0 } as const;
const cause = { kind: "analysis", why: "p95_latency of <shop> & *cart*" } as const;
const notice = (event: RolloutEvent) => noticeOf(event, subject, "one", at) ?? assert.fail("there is no notice");
const body = (kind: keyof typeof formats, event: RolloutEvent): unknown =>
  JSON.parse(formats[kind](notice(event), { now: at }).body);

describe("a notice", () => {
  it("is news, something to do, a success or something that is wrong", () => {
    const tones = (
      [
        { event: "moved", step: 0, traffic, seconds: 3 },
        { event: "waiting", why: "approval" },
        { event: "judged", step: 0, verdict: "pass", why: "" },
        { event: "judged", step: 0, verdict: "fail", why: "" },
        { event: "restoring", cause, traffic },
        { event: "ended", outcome: "promoted", traffic },
        { event: "ended", outcome: "stuck", traffic },
      ] as const
    ).map((event) => notice(event).tone);
    assert.deepEqual(tones, ["plain", "attention", "plain", "bad", "bad", "good", "bad"]);
  });

  it("is cut to what a chat takes", () => {
    const { text } = notice({ event: "warning", text: "x".repeat(9_000) });
    assert.deepEqual([text.length, text.at(-1)], [2_002, "…"]);
  });

  it("is not made of an event that says nothing", () => {
    assert.equal(noticeOf({ event: "watching", step: 0, seconds: 0 }, subject, "one", at), undefined);
  });
});

describe("a message to Slack", () => {
  it("has the text where nothing in it is read as markup, and escaped where it is", () => {
    assert.deepEqual(body("slack", { event: "restoring", cause, traffic }), {
      text: "prod: taking the release back: p95_latency of &lt;shop&gt; &amp; *cart*",
      blocks: [
        {
          type: "section",
          text: {
            type: "plain_text",
            text: ":rotating_light: prod: taking the release back: p95_latency of <shop> & *cart*",
            emoji: true,
          },
        },
        {
          type: "context",
          elements: [{ type: "plain_text", text: "rollout 20261124-120000 from blue to green, by ada", emoji: true }],
        },
      ],
    });
  });
});

describe("a message to Microsoft Teams", () => {
  it("is an Adaptive Card whose text is read as no Markdown", () => {
    const run = (more: object) => ({ type: "RichTextBlock", inlines: [{ type: "TextRun", ...more }] });
    assert.deepEqual(body("teams", { event: "restoring", cause, traffic }), {
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          contentUrl: null,
          content: {
            $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
            type: "AdaptiveCard",
            version: "1.4",
            body: [
              run({
                text: "prod: taking the release back: p95_latency of <shop> & *cart*",
                weight: "bolder",
                color: "attention",
              }),
              run({ text: "rollout 20261124-120000 from blue to green, by ada", size: "small", isSubtle: true }),
            ],
            msteams: { width: "Full" },
          },
        },
      ],
    });
  });
});

describe("a message to a webhook", () => {
  it("has the event as --json has it, with the stack, who began it, and the words", () => {
    assert.deepEqual(body("webhook", { event: "restoring", cause, traffic }), {
      type: "rollout.restoring",
      timestamp: "2026-11-24T12:00:00.000Z",
      data: {
        ...{ stack: "prod", rollout: "20261124-120000", from: "blue", to: "green", by: "ada" },
        text: "taking the release back: p95_latency of <shop> & *cart*",
        ...{ event: "restoring", cause, traffic },
      },
    });
  });

  it("is signed as the test of the Standard Webhooks' own libraries is", () => {
    const { headers } = signed(
      { headers: {}, body: '{"test": 2432232314}' },
      "msg_p5jXN8AQM9LWM0D4loKWxJek",
      new Date(1_614_265_330_999),
      new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    );
    assert.deepEqual(headers, {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("is signed with a secret of 24 to 64 bytes, and with no other", () => {
    const problem = (text: string): string | undefined => signingSecretProblem(new Secret(text));
    const of = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;
    assert.deepEqual(
      [24, 32, 64].map((bytes) => problem(of(bytes))),
      [undefined, undefined, undefined],
    );
    for (const text of [of(23), of(65), "hunter2", of(32).replace("whsec_", ""), `${of(32)} `, "whsec_"]) {
      assert.match(problem(text) ?? "", /^is no secret of Standard Webhooks; make one with: /, text);
    }
  });
});
