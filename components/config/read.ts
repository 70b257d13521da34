import * as pulumi from "@pulumi/pulumi";
import { type Settings } from "../model/settings";
import { formatProblem } from "../model/problems";
import { parseSettings } from "./settings";

/**
 * The settings of the running stack; the one place that reads its config. Warnings go to the update's log.
 *
 * @throws pulumi.RunError with every problem, before any resource is declared.
 */
export function readSettings(): Settings {
  const project = pulumi.getProject();
  const all = pulumi.runtime.allConfig();
  const keys = Object.keys(all).filter((key) => key.startsWith(`${project}:`));
  const raw = Object.fromEntries(keys.map((key) => [key.slice(project.length + 1), valueOf(all[key] ?? "")]));
  const provider = new pulumi.Config("kubernetes");
  const [kubeconfig, context] = [provider.get("kubeconfig"), provider.get("context")];
  const cluster = { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) };
  const parsed = parseSettings(raw, { secret: secretKeys(project), cluster });
  if ("problems" in parsed) {
    const list = parsed.problems.map((problem) => `  ${formatProblem(problem)}`).join("\n");
    throw new pulumi.RunError(
      `the config of stack ${pulumi.getStack()} has ${count(parsed.problems.length)}:\n${list}`,
    );
  }
  for (const warning of parsed.warnings) void pulumi.log.warn(formatProblem(warning));
  return parsed.settings;
}

/** Objects reach the program as JSON, everything else as it was written. */
function valueOf(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The project's keys whose values are secrets; the SDK keeps them in the environment and offers no way to ask. */
function secretKeys(project: string): readonly string[] {
  const keys = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
  return keys.filter((key) => key.startsWith(`${project}:`)).map((key) => key.slice(project.length + 1));
}

function count(problems: number): string {
  return problems === 1 ? "a problem" : `${problems} problems`;
}
