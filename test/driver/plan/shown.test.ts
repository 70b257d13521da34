import assert from "node:assert/strict";
import pc from "picocolors";
import { planMarkdown } from "../../../driver/plan/markdown";
import { type Report } from "../../../driver/plan/report";
import { planText as paintedText } from "../../../driver/plan/text";

const planText = (shown: Report): string => paintedText(shown, pc.createColors(false));
const write = (object: string, from: string, to: string) => ({ service: "shop", object, from, to, done: from === to });
const report: Report = {
  stack: "dev",
  verdict: "allowed",
  services: [
    {
      service: "shop",
      blue: { before: 100, after: 0, ready: 2, needed: 0 },
      green: { before: 0, after: 100, ready: 2, needed: 2 },
    },
  ],
  stages: [
    { kind: "grow", writes: [write("Deployment shop-green", "2 × a:2", "2 × a:2")] },
    { kind: "gate", writes: [] },
    { kind: "main", writes: [write("Ingress shop", "blue", "green")] },
    { kind: "canary", writes: [write("Ingress shop-canary", "", "blue 0 %")] },
    { kind: "drain", writes: [], seconds: 5 },
  ],
  gates: [
    { gate: "capacity", state: "holds", lines: ["shop green: 2 of 2 ready endpoints for 100 % of the requests"] },
  ],
  refusals: [],
  drift: ["shop: the canary route is gone"],
  adopted: [],
  warnings: [],
};
const refused: Report = {
  ...report,
  verdict: "refused",
  gates: [{ gate: "capacity", state: "fails", lines: ["shop green: 0 of 2", "  a: it crashes (<b>|`x`, @someone)"] }],
};

describe("a plan for people", () => {
  it("shows traffic, writes in their order with what they change, and what else there is to know", () => {
    assert.equal(
      planText(report),
      `stack dev: would be done

shop             now    then   ready  needed
  blue         100 %     0 %       2       -
  green          0 %   100 %       2       2

writes, in this order:
  grow    = Deployment shop-green  2 × a:2
  gate      capacity: holds
              shop green: 2 of 2 ready endpoints for 100 % of the requests
  main    ~ Ingress shop           blue -> green
  canary  + Ingress shop-canary    blue 0 %
  drain     5s

edited by hand, and taken back:
  shop: the canary route is gone
`,
    );
  });

  it("is painted by its verdict where colors are wanted", () => {
    const paint = pc.createColors(true);
    assert.ok(paintedText(refused, paint).startsWith(`stack dev: ${paint.red("refused, nothing would be moved")}\n`));
  });

  it("says why it is refused", () => {
    assert.match(planText(refused), /^stack dev: refused, nothing would be moved\n/);
    assert.match(planText(refused), /\nrefused:\n {2}the capacity gate does not hold:\n {2}shop green: 0 of 2\n/);
  });

  it("lists no writes when there is nothing to do", () => {
    const text = planText({ ...report, verdict: "nothing", drift: [] });
    assert.match(text, /nothing to do, everything is as declared/);
    assert.doesNotMatch(text, /writes/);
  });

  it("says why the cluster was not read", () => {
    const text = planText({ ...report, verdict: "unknown", unknown: "connect ECONNREFUSED" });
    assert.match(text, /cannot be told[^]*the cluster was not read:\n {2}connect ECONNREFUSED/);
  });
});

describe("a plan for a pull request", () => {
  it("is a comment that the next one finds again", () => {
    assert.equal(
      planMarkdown(report),
      `<!-- cyan plan -->

### Cyan plan for \`dev\`: would be done

| service | color | traffic | ready | needed |
| --- | --- | --- | --- | --- |
| shop | blue | 100 % → **0 %** | 2 | - |
| shop | green | 0 % → **100 %** | 2 | 2 |

**Edited by hand, and taken back**

- shop: the canary route is gone

<details><summary>Writes, in their order</summary>

| stage | object | change |
| --- | --- | --- |
| 1. grow | Deployment shop-green | 2 × a:2 (as declared) |
| 2. gate | capacity | holds; shop green: 2 of 2 ready endpoints for 100 % of the requests |
| 3. main | Ingress shop | blue → green |
| 4. canary | Ingress shop-canary | blue 0 % |
| 5. drain |  | 5s |

</details>
`,
    );
  });

  it("takes what a cluster says for text: no markup, no table, no mention", () => {
    const text = planMarkdown(refused);
    assert.match(text, /- a: it crashes \(\\<b\\>\\\|\\`x\\`, @\u200bsomeone\)/);
  });
});
