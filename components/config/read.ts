import * as pulumi from "@pulumi/pulumi";
import { type Settings } from "../model/settings";
import { formatProblem, listProblems } from "../model/problems";
import { parseSettings } from "./settings";
import { configValues, projectKeys } from "./values";

/**
 * The settings of the running stack; the one place that reads its config. Warnings go to the update's log.
 *
 * @throws pulumi.RunError with every problem, before any resource is declared.
 */
export function readSettings(): Settings {
  const project = pulumi.getProject();
  const raw = configValues(pulumi.runtime.allConfig(), project);
  const provider = new pulumi.Config("kubernetes");
  const [kubeconfig, context] = [provider.get("kubeconfig"), provider.get("context")];
  const cluster = { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) };
  const parsed = parseSettings(raw, { secret: projectKeys(secretKeys(), project), cluster });
  if ("problems" in parsed) throw new pulumi.RunError(listProblems(pulumi.getStack(), parsed.problems));
  for (const warning of parsed.warnings) void pulumi.log.warn(formatProblem(warning));
  return parsed.settings;
}

/** The keys whose values are secrets; the SDK keeps them in the environment and offers no way to ask. */
function secretKeys(): readonly string[] {
  return JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
}
