import { z } from "zod";
import { chatKinds, idleChoices, noticeChoices, resumeChoices } from "../model/rollout";
import { secretReference } from "./credential";
import { duration, flag, integer, lasting, oneOf, text } from "./fields";
import { credentials, url } from "./server";

/** What every kind of notification has. */
const notice = {
  url: secretReference,
  on: z
    .array(oneOf(noticeChoices), { error: "write a list such as [began, ended]" })
    .default(["began", "took-over", "moved", "waiting", "restoring", "ended"]),
};

const notify = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.enum(chatKinds), ...notice }),
    z.strictObject({ kind: z.literal("webhook"), ...notice, secret: secretReference }),
  ],
  { error: `write a map with url, and a kind of ${chatKinds.join(", ")} or webhook` },
);

const metrics = z
  .strictObject({
    textfile: text.regex(/\.prom$/, "does not end in .prom; node_exporter reads no other file"),
    pushgateway: z.strictObject(
      { url, ...z.strictObject(credentials).partial().shape },
      { error: "write a map with its url" },
    ),
  })
  .partial();

/** A folder, or a folder and the file that tunes its rules. */
const policyPack = z
  .union([text, z.strictObject({ folder: text, config: text.optional() })], {
    error: "write a folder, or a map with folder and config",
  })
  .transform((pack) => (typeof pack === "string" ? { folder: pack } : pack));

/** How `cyan rollout` goes about a release. What a key means is said in docs/rollouts.md. */
export const rolloutSchema = z.strictObject({
  steps: z
    .array(integer(1, 99), { error: "write a list of weights such as [5, 20, 50]" })
    .refine((steps) => steps.every((step, index) => index === 0 || step > (steps[index - 1] ?? 0)), {
      error: "does not rise from step to step; write a list such as [5, 20, 50]",
    }),
  interval: duration,
  analysis: text,
  approve: flag,
  idleTimeout: lasting,
  onIdleTimeout: oneOf(idleChoices),
  onResume: oneOf(resumeChoices),
  policyPacks: z.array(policyPack, { error: "write a list of folders" }),
  notify: z.record(z.string(), notify, { error: "write a map of names" }),
  metrics,
});
