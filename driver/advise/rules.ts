import { podsForWeight } from "../../components/model/pod-split";
import { type Capabilities } from "../../components/model/routers";
import { type RouterKind } from "../../components/model/settings";
import { type Answers } from "./answers";
import { type Steps } from "./evidence";

export const strategies = ["blue-green", "canary", "hybrid"] as const;
export type Strategy = (typeof strategies)[number];

/** What the rules judge. */
export interface Facts {
  readonly answers: Answers;
  readonly router: RouterKind;
  /** Whether the router is one for what leads requests now. */
  readonly fits: boolean;
  readonly can: Capabilities;
  /** The steps that show something at this load; absent when none does. */
  readonly steps?: Steps;
}

interface Rule {
  /** When it holds, in words. */
  readonly when: string;
  readonly holds: (facts: Facts) => boolean;
  readonly because: string;
}

/** The first that holds decides. The last always does. */
export const strategyRules: readonly (Rule & { readonly strategy: Strategy })[] = [
  {
    strategy: "blue-green",
    when: "the old version cannot use the new schema",
    holds: ({ answers }) => answers.state.includes("breaking-schema"),
    because:
      "versions that cannot share a schema must not share requests, and a flip keeps the overlap to moments; better, change " +
      "the schema in steps that both versions can use, and ask again",
  },
  {
    strategy: "blue-green",
    when: "the router has no weights",
    holds: ({ can }) => !can.weight,
    because: "what leads requests to the service cannot split them, and a flip needs no more than a Service",
  },
  {
    strategy: "hybrid",
    when: "chosen customers come first, and the router tells requests apart",
    holds: ({ answers, can }) => answers.audience === "cohorts" && (can.cookie || can.header),
    because:
      "a share is random, and you want to choose: a feature flag service (LaunchDarkly, Unleash, or any behind OpenFeature) knows " +
      "the customer, and a cookie or header that follows its answer leads them to the idle color; the others come by weight",
  },
  {
    strategy: "blue-green",
    when: "nothing is measured by version",
    holds: ({ answers }) => answers.monitoring === "none",
    because: "a share that nobody measures finds nothing and takes longer: look at the idle color yourself, then flip",
  },
  {
    strategy: "blue-green",
    when: "there are too few requests for a step to show anything within an hour",
    holds: ({ steps }) => steps === undefined,
    because: "at this load even half of the requests prove less than tests against the idle color do",
  },
  {
    strategy: "blue-green",
    when: "sessions are in a pod's memory",
    holds: ({ answers }) => answers.state.includes("sessions"),
    because:
      "a user would go back and forth between the colors and lose the session each time; with a flip it is lost once",
  },
  {
    strategy: "blue-green",
    when: "a bad release costs little",
    holds: ({ answers }) => answers.risk === "low",
    because: "a flip takes one command, and so does the way back: steps would cost more time than they save",
  },
  {
    strategy: "canary",
    when: "otherwise",
    holds: () => true,
    because: "a bad release reaches a small share first, and what you measure stops it there",
  },
];

/** What a rule adds: values of the config, by path, and what to mind. */
interface Addition {
  readonly config?: Readonly<Record<string, string>>;
  readonly mind?: string;
}

function worksFromQueue({ state }: Answers): boolean {
  return state.includes("workers");
}

/** Each that holds adds its own. */
export const additions: readonly (Rule & { readonly adds: (facts: Facts) => Addition })[] = [
  {
    when: "a second environment can be paid for all the time",
    holds: ({ answers, can }) => can.standby && answers.secondEnvironment === "always" && !worksFromQueue(answers),
    because: "with the idle color at full size a flip and a rollback wait for no pod",
    adds: () => ({ config: { standby: "all" } }),
  },
  {
    when: "a second environment can be paid for during a release",
    holds: ({ answers, can }) => can.standby && answers.secondEnvironment === "release" && !worksFromQueue(answers),
    because: "the idle color keeps one pod, and grows before it gets requests",
    adds: () => ({
      config: { standby: "1" },
      mind: "a rollback after the drain waits until the old color has grown again: keep the drain as long as you may need it",
    }),
  },
  {
    when: "a second environment can hardly be paid for",
    holds: ({ answers }) => answers.secondEnvironment === "hardly" && !worksFromQueue(answers),
    because: "the idle color has no pods between releases",
    adds: () => ({
      config: { standby: "0" },
      mind: "both colors run at full size while a release moves; where even that is too much, a rolling update of one Deployment is what is left",
    }),
  },
  {
    when: "there is work from a queue",
    holds: ({ answers }) => worksFromQueue(answers),
    because: "workers of the idle color take work as soon as they run, whatever the weight is, so that it keeps none",
    adds: () => ({
      config: { standby: "0" },
      mind: "weights do not hold back a queue: at any weight both versions take work, by their number of pods",
    }),
  },
  {
    when: "a bad release costs much",
    holds: ({ answers }) => answers.risk === "high",
    because: "no color gets requests on a single pod",
    adds: () => ({ config: { "gate.minReady": "2" } }),
  },
  {
    when: "connections last",
    holds: ({ answers }) => answers.state.includes("connections"),
    because: "a connection stays with its color until it is closed, and the drain lets it",
    adds: () => ({
      config: { drain: "10m" },
      mind: "a weight splits new connections; those that are open move when they are closed, or at the end of terminationGrace",
    }),
  },
  {
    when: "your own people come first",
    holds: ({ answers, can }) => answers.audience === "testers" && can.header,
    because: "a request with the header `X-Release: always` reaches the idle color on the live host, at weight 0 too",
    adds: () => ({ config: { "canary.header": "X-Release" } }),
  },
  {
    when: "chosen customers come first",
    holds: ({ answers, can }) => answers.audience === "cohorts" && can.cookie,
    because: "who has the cookie `release=always` gets the idle color, and `release=never` keeps from it",
    adds: () => ({
      config: { "canary.cookie": "release" },
      mind: "set the cookie where the flag is evaluated, at the login or the edge; a flag inside the code decides what a color shows, never who serves",
    }),
  },
  {
    when: "chosen customers come first, and the router knows headers alone",
    holds: ({ answers, can }) => answers.audience === "cohorts" && can.header && !can.cookie,
    because: "requests with the header `X-Release: always` get the idle color",
    adds: () => ({
      config: { "canary.header": "X-Release" },
      mind: "set the header at the edge, where the flag is evaluated, and drop it from what comes in from outside",
    }),
  },
  {
    when: "sessions are in a pod's memory",
    holds: ({ answers }) => answers.state.includes("sessions"),
    because: "a flip ends each session that a pod has in its memory",
    adds: () => ({ mind: "keep sessions in a store that both colors use, and a flip is not noticed" }),
  },
  {
    when: "the router makes shares of pods",
    holds: ({ can }) => can.shareBy === "pods",
    because: "without anything that splits requests, a share is the idle color's part of the pods",
    adds: ({ steps }) => ({
      mind:
        `${podsForWeight(steps?.weights[0] ?? 1)} replicas give the first step exactly; with fewer a weight is given as nearly ` +
        "as they can, and each update says how near that is",
    }),
  },
  {
    when: "the router's routes hang on a Gateway",
    holds: ({ can }) => can.gateway,
    because: "a route of the Gateway API names the Gateway that leads to it",
    adds: () => ({
      config: { "ingress.gateway": "gateway" },
      mind: "write the name of your Gateway, or its namespace/name, as ingress.gateway",
    }),
  },
  {
    when: "there is no router for what leads requests now",
    holds: ({ fits }) => !fits,
    because: "the nearest router is taken in its place",
    adds: ({ answers, router }) => ({
      mind: `Cyan has no router for ${answers.front}: ${router} needs a controller of its own beside it`,
    }),
  },
];
