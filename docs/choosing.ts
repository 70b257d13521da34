/** The page on choosing: made from what `cyan advise` goes by. */
import { routerKinds } from "../components/model/settings";
import { advise } from "../driver/advise/advise";
import { type Answers, choicesOf, type QuestionKey, questions } from "../driver/advise/answers";
import { additions, strategyRules } from "../driver/advise/rules";
import { adviceText } from "../driver/commands/advise";

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [row(head), row(head.map(() => "---")), ...rows.map(row)];
}

/** What releases are made with in the field: Cyan's routers for it, and what it is good and bad at. */
const ways: readonly (readonly [
  way: string,
  routers: readonly string[],
  share: string,
  back: string,
  good: string,
  bad: string,
])[] = [
  [
    "rolling update of one Deployment",
    [],
    "by pods, as they come",
    "minutes: the old pods are made again",
    "nothing to install, hardly a pod more",
    "no share is held, nothing is measured, and the way back is another rollout",
  ],
  [
    "blue-green by a Service's selector",
    ["service"],
    "all or nothing",
    "one update; the old pods are there",
    "needs only Kubernetes, callers inside move too, versions hardly overlap",
    "everyone meets a bad release at once; open connections stay until they close; two environments",
  ],
  [
    "canary by the ratio of pods",
    ["replicas"],
    "1 in the number of pods, by connection",
    "one update",
    "needs only Kubernetes, callers inside are split too",
    "5 % takes 20 pods; connections that last and autoscalers bend the share",
  ],
  [
    "canary by ingress weight",
    ["ingress-nginx", "traefik", "gateway-api", "f5-nginx", "aws-alb"],
    "1 % of requests and finer",
    "one update, or at once past the engine",
    "exact shares at any number of pods; header and cookie choose who comes first",
    "callers inside are not split; the controller is on the way of every change; ingress-nginx was retired in March 2026",
  ],
  [
    "canary in a mesh",
    ["istio", "linkerd"],
    "1 % of requests",
    "one update",
    "callers inside and outside alike, mirroring, retries, metrics by version for nothing",
    "a proxy beside every pod or node: its memory, its latency, its upgrades. Not worth it for releases alone",
  ],
  [
    "Argo Rollouts",
    ["argo-rollouts"],
    "as its traffic routing",
    "`abort`; Git still names the new version",
    "steps and analysis in the cluster, a large community, a dashboard",
    "a Rollout takes the Deployment's place, the state is the controller's, one service at a time, no preview of a change",
  ],
  [
    "Flagger",
    ["flagger"],
    "as its mesh or ingress",
    "while it analyses; after promotion by another release",
    "works beside an unchanged Deployment, many meshes and metrics",
    "the old version is gone after promotion; no manual way back; a rebuilt cluster loses the release half-way",
  ],
  [
    "feature flags beside any of these (hybrid)",
    [],
    "by customer, plan or region",
    "the flag, in seconds",
    "the deploy and the release are apart; chosen customers come first",
    "two states of the code in one build, flags to clean up, and a flag saves nobody from a build that crashes",
  ],
];

const examples: readonly (readonly [title: string, answers: Answers])[] = [
  [
    "A shop behind ingress-nginx, measured, 100 requests/s",
    {
      requestsPerSecond: 100,
      risk: "high",
      secondEnvironment: "release",
      monitoring: "basic",
      state: [],
      audience: "testers",
      front: "ingress-nginx",
    },
  ],
  [
    "An internal service with a queue and few requests",
    {
      requestsPerSecond: 0.1,
      risk: "medium",
      secondEnvironment: "always",
      monitoring: "basic",
      state: ["workers"],
      audience: "anyone",
      front: "none",
    },
  ],
  [
    "Software for companies, each customer's release agreed with it",
    {
      requestsPerSecond: 20,
      risk: "medium",
      secondEnvironment: "always",
      monitoring: "own",
      state: ["connections"],
      audience: "cohorts",
      front: "traefik",
    },
  ],
];

/** Those of some routers that there are. */
function routersHere(names: readonly string[]): string {
  const here = routerKinds.filter((kind) => names.includes(kind));
  return here.length === 0 ? "-" : here.map((kind) => `\`${kind}\``).join(", ");
}

/** How to choose, as a page. */
export function choosingPage(): string {
  const keys = Object.keys(questions) as QuestionKey[];
  return [
    "# Choosing how to release",
    "",
    "<!-- Made by `npm run docs` from driver/advise and docs/choosing.ts. -->",
    "",
    "`npx cyan advise` asks what stands in the first table, and recommends a strategy, a router, steps and what to measure, with the",
    "reasons and the config to paste. Without a terminal it takes flags, or `--answers FILE` (YAML or JSON); `--json` gives an object.",
    "It reads nothing and changes nothing. The rules below are all that it goes by.",
    "",
    "## What is asked",
    "",
    ...table(
      ["flag and key", "question", "answers"],
      keys.map((key) => {
        const answers = choicesOf(key).map((choice) => `\`${choice}\``);
        return [`\`${key}\``, questions[key].text, answers.length === 0 ? "a number" : answers.join(", ")];
      }),
    ),
    "",
    "## What decides the strategy",
    "",
    "The first that holds.",
    "",
    ...table(
      ["when", "strategy", "because"],
      strategyRules.map(({ when, strategy, because }) => [when, strategy, because]),
    ),
    "",
    "## What is added",
    "",
    "All that hold.",
    "",
    ...table(
      ["when", "because"],
      additions.map(({ when, because }) => [when, because]),
    ),
    "",
    "A step shows something when the canary gets 100 requests in it, 300 or 1,000, as the risk is low, medium or high: after n requests",
    "without a failure the failure rate is under 3/n with 95 % confidence. Steps that would take more than an hour are left out; a canary",
    "that has none left is no canary, however careful it looks.",
    "",
    "## Ways to release, side by side",
    "",
    ...table(
      ["way", "router here", "smallest share", "the way back", "good at", "bad at"],
      ways.map(([way, routers, ...rest]) => [way, routersHere(routers), ...rest]),
    ),
    "",
    "Cyan keeps both colors declared, so that the way back is a change of config, previewed and recorded. Nothing",
    "in the cluster acts by itself: what has to react while nobody looks is the `cyan` command's, outside, and it can die without",
    "harm. Where you want the cluster to go on by itself when everything outside is gone, take a controller.",
    "",
    ...examples.flatMap(([title, answers]) => [
      `## ${title}`,
      "",
      ...adviceText(advise(answers))
        .split("\n")
        .map((line) => (line === "" ? "" : `    ${line}`)),
    ]),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}
