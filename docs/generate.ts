/** Writes the pages that are made from the program's own data. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { capabilities, type Capabilities, type Feature } from "../components/model/routers";
import { routerKinds } from "../components/model/settings";
import { reportSchema } from "../driver/plan/report";
import { examples } from "./examples";
import { choosingPage } from "./choosing";
import { policiesPage } from "./policies-page";

const asked: Readonly<Record<Feature, string>> = {
  host: "host",
  tls: "TLS secret",
  gateway: "Gateway",
  sharedHost: "shared host",
  weight: "weight",
  header: "header",
  headerPattern: "header pattern",
  cookie: "cookie",
  mirror: "mirror",
  affinity: "sessions",
  standby: "idle pods",
  autoscaling: "autoscaler",
  trial: "tried before",
  strategy: "strategy",
  analysis: "analysis",
};

const columns: readonly (readonly [title: string, cell: (can: Capabilities) => string])[] = [
  ...(Object.keys(asked) as Feature[]).map((feature) => {
    return [asked[feature], (can: Capabilities) => (can[feature] ? "yes" : "-")] as const;
  }),
  ["callers inside", ({ inside }) => (inside ? "split too" : "active color")],
  ["splits by", ({ unit }) => unit],
];

/** How a stack gets another router. */
const changing = [
  "## Another router",
  "",
  "`pulumi config set router NAME && pulumi up` makes the new router's routes beside those of the former one, waits for the",
  "`drain` so that its controller has loaded them, and removes the former ones last. While both lead requests they lead them to the",
  "same colors: an update that changes the traffic as well is refused, with the traffic that is live. With `gateway-api` the",
  "update ends, and the former routes stay, when no Gateway takes the new ones within `readyTimeout`. Where requests come in",
  "elsewhere, at another load balancer or at the Service itself, their senders have to be led there before the former routes go.",
  "A change from `argo-rollouts` to another router loses requests for some seconds, and is refused unless `gate.force` is set.",
  "",
];

/** What is asked for and is none, and why: https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/controller/scheduler.go */
const flagger = [
  "## Why not flagger",
  "",
  "`cyan render --router flagger` writes the release as a Canary and its metric templates. Flagger is no router, for on it the two",
  "values cannot mean what they mean on the others. Its controller (1.44) acts every 10 s at the soonest, and an abort waits for that.",
  "It raises the weight along the Canary's steps and lowers it only to 0; when the steps change under a weight that is none of them,",
  "all requests go to the version that is tried. And a version that is promoted takes the former one's place: there is no second",
  "color to go back to, and a rollback is another release of the full length.",
  "",
];

function told({ summary = "", needs = "", measured, unmeasured }: Partial<Capabilities>): string {
  const why = unmeasured === undefined ? "" : `: ${unmeasured}`;
  const measure = measured === undefined ? `Its traffic was not measured${why}.` : `Measured on ${measured}.`;
  return `${summary} It needs ${needs}. ${measure}`;
}

/** What each router can do, as a page. */
export function routersPage(): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const table = [
    row(["router", ...columns.map(([title]) => title)]),
    row(["---", ...columns.map(() => "---")]),
    ...routerKinds.flatMap((kind) => {
      const can = capabilities[kind];
      const cells = (title: string, of: Capabilities): string => row([title, ...columns.map(([, cell]) => cell(of))]);
      const routed = Object.entries(can.routed ?? {}).map(([routing, otherwise]) =>
        cells(`\`${kind}\`, \`${routing}\``, { ...can, ...otherwise }),
      );
      return [cells(`\`${kind}\``, can), ...routed];
    }),
  ];
  const sections = routerKinds.map((kind) => {
    const can = capabilities[kind];
    const routed = Object.values(can.routed ?? {}).map((otherwise) => `${told(otherwise)}\n`);
    return [`## ${kind}\n`, `${told(can)}\n`, ...routed].join("\n");
  });
  return [
    "# Routers",
    "",
    "`pulumi config set router NAME` chooses what splits requests between the colors. `activeColor` and `canaryWeight` mean the",
    "same on each. What a router cannot do is refused when the config is read, with the routers that can.",
    "",
    "<!-- Made by `npm run docs` from components/model/routers.ts. -->",
    "",
    ...table,
    "",
    ...changing,
    ...sections,
    ...flagger,
  ].join("\n");
}

/** The form of `cyan plan --json`, as a JSON schema. */
export function planSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(reportSchema), null, 2)}\n`;
}

async function writeExamples(): Promise<void> {
  for (const [path, text] of Object.entries(await examples())) {
    const file = join(__dirname, "examples", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (require.main === module) {
  writeFileSync(join(__dirname, "routers.md"), routersPage());
  writeFileSync(join(__dirname, "plan.schema.json"), planSchema());
  writeFileSync(join(__dirname, "choosing.md"), choosingPage());
  writeFileSync(join(__dirname, "policies.md"), policiesPage());
  void writeExamples();
}
