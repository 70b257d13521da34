import { z } from "zod";
import { argoRoutings, argoStrategies } from "../model/settings";
import { flag, oneOf, text } from "./fields";

const named = "Kubernetes wants lower-case letters, digits, - and ., neither of the last at an end";
const objectName = text.regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, named);

const valueFrom = z.union(
  [
    z.strictObject({ podTemplateHashValue: oneOf(["Stable", "Latest"]) }),
    z.strictObject({ fieldRef: z.strictObject({ fieldPath: text }) }),
  ],
  { error: "write a map with podTemplateHashValue, Stable or Latest, or with fieldRef" },
);

const argument = z.union(
  [
    z.strictObject({
      name: text,
      value: z.union([z.string(), z.number(), z.boolean()], { error: "write a text" }).transform(String),
    }),
    z.strictObject({ name: text, valueFrom }),
  ],
  { error: "write a map with name, and value or valueFrom" },
);

/** Field by field as a Rollout has it. */
const analysis = z.strictObject({
  templates: z
    .array(z.strictObject({ templateName: objectName, clusterScope: flag.optional() }), {
      error: "write a list such as [{templateName: success-rate}]",
    })
    .min(1, "names no template"),
  args: z.array(argument, { error: "write a list such as [{name: service, value: shop}]" }).optional(),
});

/** The spec of an AnalysisTemplate. What a metric has besides these, the API server judges. */
const template = z.looseObject({
  metrics: z
    .array(z.looseObject({ name: text, provider: z.looseObject({}, { error: "write a map such as prometheus: …" }) }), {
      error: "write a list of metrics, each with a name and a provider",
    })
    .min(1, "has no metric"),
});

/** What the router argo-rollouts is told. */
export const argoSchema = z.strictObject({
  strategy: oneOf(argoStrategies),
  routing: oneOf(argoRoutings),
  analysis,
  prePromotionAnalysis: analysis,
  postPromotionAnalysis: analysis,
  analysisTemplates: z.record(objectName, template, {
    error: ({ code }) => (code === "invalid_key" ? named : "write a map of names to specs of AnalysisTemplates"),
  }),
});
