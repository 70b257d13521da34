import { z } from "zod";
import { keysAt } from "../components/model/known-keys";
import { type Problem, problemsOf } from "../components/model/problems";

/** What a cloud trusts a deployment by, in the place of a key. */
const oidc = z
  .strictObject({
    aws: z.strictObject({ roleARN: z.string(), sessionName: z.string() }),
    gcp: z.strictObject({
      projectId: z.string(),
      workloadPoolId: z.string(),
      providerId: z.string(),
      serviceAccount: z.string(),
    }),
    azure: z.strictObject({ clientId: z.string(), tenantId: z.string(), subscriptionId: z.string() }),
  })
  .partial();

const stack = z.strictObject({
  /** Branch that is deployed. */
  branch: z.string().default("main"),
  /** Whether a commit on the branch is deployed by itself; a production stack is better moved by a person. */
  deployCommits: z.boolean().default(false),
  /** Whether a pull request gets a preview. */
  previewPullRequests: z.boolean().default(true),
  /** Whether each pull request gets a stack of its own, made after this one and removed with it. */
  reviewStacks: z.boolean().default(false),
  oidc: oidc.optional(),
  /** Environment variables of a deployment. `CYAN_ACTIVE_COLOR` and `CYAN_CANARY_WEIGHT` say what it declares. */
  environment: z.record(z.string(), z.string()).default({}),
  /** When drift is looked for, as a cron line in UTC. It is told, and never taken back by itself. */
  drift: z.string().optional(),
  /** When the stack is destroyed, as `2026-12-31T23:59:00Z`. */
  ttl: z.iso.datetime({ error: "write a time such as 2026-12-31T23:59:00Z" }).optional(),
  tags: z.record(z.string(), z.string()).default({}),
});

const settings = z.strictObject({
  organization: z.string({ error: "is missing; write the name of the Pulumi Cloud organization" }),
  project: z.string().default("cyan"),
  repository: z
    .string({ error: "is missing; write owner/name" })
    .regex(/^[\w.-]+\/[\w.-]+$/, "is no repository of GitHub; write owner/name"),
  folder: z.string().default("."),
  stacks: z
    .record(z.string(), stack, { error: "write a map of stacks, as in docs/pulumi-deployments.md" })
    .refine((value) => Object.keys(value).length > 0, "has no stack"),
  webhook: z
    .strictObject({
      url: z.url({ protocol: /^https$/, error: "write a URL that begins with https://" }),
      format: z.enum(["raw", "slack", "ms_teams"], { error: "choose one of raw, slack, ms_teams" }).default("raw"),
      secret: z.string().optional(),
    })
    .optional(),
  policyGroup: z
    .strictObject({
      name: z.string(),
      packs: z.array(z.strictObject({ name: z.string(), version: z.string() })).min(1, "names no pack"),
    })
    .optional(),
});

/** How the stacks of one project are run. */
export type DeliverySettings = z.output<typeof settings>;
export type StackSettings = DeliverySettings["stacks"][string];

/**
 * Checks the config of this stack and completes it.
 *
 * @param raw the value of each key; an empty object means that the key was not set.
 */
export function parseDelivery(
  raw: Readonly<Record<string, unknown>>,
): { readonly settings: DeliverySettings } | { readonly problems: readonly Problem[] } {
  const set = Object.entries(raw).filter(([, value]) => JSON.stringify(value) !== "{}");
  const parsed = settings.safeParse(Object.fromEntries(set));
  return parsed.success
    ? { settings: parsed.data }
    : { problems: problemsOf(parsed.error, (path) => keysAt(settings, path)) };
}
