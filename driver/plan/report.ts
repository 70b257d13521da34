import { z } from "zod";

/** What `cyan plan --json` prints; docs/plan.schema.json is made from this. */

const strict = z.strictObject;
const lines = (what: string) => z.array(z.string()).describe(what);
const share = z.number().min(0).max(100);

const capacity = strict({
  before: share.describe("Percent of the requests that it gets now."),
  after: share.describe("Percent of the requests that it is to get."),
  ready: z.number().int().optional().describe("Endpoints that are ready now; absent when the cluster was not read."),
  needed: z.number().int().describe("Ready endpoints that the capacity gate asks for; 0 when it asks for none."),
});

const write = strict({
  service: z.string(),
  object: z.string().describe("Kind and name, such as `Ingress shop-canary`."),
  from: z.string().describe("What it says now; empty when it is not there."),
  to: z.string().describe("What it is to say."),
  done: z.boolean().describe("Whether it is already as declared, as far as traffic, size and image go."),
});

const stage = strict({
  kind: z.enum(["grow", "gate", "main", "canary", "inside", "drain", "shrink"]),
  writes: z.array(write),
  seconds: z.number().optional().describe("How long a drain is."),
});

const gate = strict({
  gate: z.string(),
  state: z
    .enum(["holds", "fails", "later", "skipped"])
    .describe("`later`: only the update can tell, because it grows a color or runs something first."),
  lines: lines("What it found."),
});

export const reportSchema = strict({
  stack: z.string(),
  verdict: z
    .enum(["nothing", "allowed", "refused", "unknown"])
    .describe("`nothing`: everything is as declared; `unknown`: the cluster could not be read."),
  unknown: z.string().optional().describe("Why the cluster could not be read."),
  services: z.array(strict({ service: z.string(), blue: capacity, green: capacity })),
  stages: z.array(stage).describe("The writes in their order: each stage waits for the one before it."),
  gates: z.array(gate).describe("What has to hold before the first route moves, with its answer now."),
  refusals: lines("Why it must not be done."),
  drift: lines("What was edited by hand since the last update, and would be taken back."),
  adopted: lines("Live objects that someone else made and that would be taken over."),
  warnings: lines("What is allowed, and worth a thought before traffic moves."),
}).meta({ title: "cyan plan --json", description: "What the next `pulumi up` would do to live traffic." });

export type Report = Readonly<z.output<typeof reportSchema>>;
export type Verdict = Report["verdict"];
