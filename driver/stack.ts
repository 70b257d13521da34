import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import { assign, AssignError } from "../components/config/assign";
import { formatProblem, listProblems } from "../components/model/problems";
import { parseSettings } from "../components/config/settings";
import { configValues, projectKeys } from "../components/config/values";
import { type Color, colors } from "../components/model/color";
import { names } from "../components/model/names";
import { type Settings } from "../components/model/settings";
import { type Invocation, UserError } from "./invocation";

const run = promisify(execFile);

/** A stack as its config declares it, and as its last update left it. */
export interface Stack {
  readonly name: string;
  readonly settings: Settings;
  /** The keys of the config whose values hold a secret. */
  readonly secretKeys: readonly string[];
  /** What the config says that is most likely not meant. */
  readonly warnings: readonly string[];
  /** By service of the last update: the traffic that its objects had then. */
  readonly recorded: Readonly<Record<string, RecordedTraffic>>;
}

/** Without an active color the service has no route. */
export interface RecordedTraffic {
  readonly active?: Color;
  readonly canaryWeight: number;
}

/** Which stack, and with which config. */
export interface StackChoice {
  /** The selected one by default. */
  readonly stack?: string;
  /** In the place of `Pulumi.STACK.yaml`. */
  readonly configFile?: string;
  /** Values that are taken for set, as `PATH=VALUE`; nothing is written. */
  readonly set?: readonly string[];
}

/** What `pulumi` and the project's file say of a stack. */
export interface StackSource {
  readonly project: string;
  readonly name: string;
  /** What `pulumi config --json --show-secrets` prints. */
  readonly config: unknown;
  /** What `pulumi stack output --json` prints. */
  readonly outputs: unknown;
}

const configSchema = z.record(
  z.string(),
  z.object({ value: z.string().default(""), secret: z.boolean().default(false) }),
);
const outputsSchema = z.object({
  images: z.record(z.string(), z.unknown()).default({}),
  traffic: z.record(z.string(), z.object({ active: z.string(), canaryWeight: z.number() })).default({}),
});
const projectSchema = z.object({ name: z.string() });

/**
 * Reads a stack of the project in `folder` by the plain `pulumi` command, which takes no lock for it.
 *
 * @throws UserError when there is no such command or stack, with what it said, and with every problem of the config.
 */
export async function readStack(choice: StackChoice, folder: string, invocation: Invocation): Promise<Stack> {
  const pulumi = async (...args: string[]): Promise<string> => {
    const named = choice.stack === undefined ? args : [...args, "--stack", choice.stack];
    try {
      const { env, signal } = invocation;
      return (await run("pulumi", [...named, "--non-interactive"], { cwd: folder, env, signal })).stdout;
    } catch (error) {
      invocation.signal.throwIfAborted();
      throw new UserError(`pulumi ${args.join(" ")} failed: ${reason(error)}`);
    }
  };
  const file = choice.configFile === undefined ? [] : ["--config-file", choice.configFile];
  const [project, name, config, outputs] = await Promise.all([
    readFile(join(folder, "Pulumi.yaml"), "utf8"),
    pulumi("stack", "--show-name"),
    pulumi("config", "--json", "--show-secrets", ...file),
    pulumi("stack", "output", "--json"),
  ]);
  return stackOf(
    {
      project: projectSchema.parse(parse(project)).name,
      name: name.trim(),
      config: JSON.parse(config),
      outputs: JSON.parse(outputs),
    },
    choice.set,
  );
}

/**
 * A stack from what `pulumi` prints of it. Its config is read as the program reads it.
 *
 * @throws UserError with every problem of the config, without its secrets, and for a value that cannot be set.
 */
export function stackOf({ project, name, config, outputs }: StackSource, set: readonly string[] = []): Stack {
  const entries = configSchema.parse(config);
  const all = Object.fromEntries(Object.entries(entries).map(([key, { value }]) => [key, value]));
  const raw = set.reduce((values, each) => assigned(values, each, project), configValues(all, project));
  const secret = projectKeys(
    Object.keys(entries).filter((key) => entries[key]?.secret),
    project,
  );
  const [kubeconfig, context] = [all["kubernetes:kubeconfig"], all["kubernetes:context"]];
  const cluster = { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) };
  const parsed = parseSettings(raw, { secret, cluster });
  if ("problems" in parsed) throw new UserError(listProblems(name, parsed.problems));
  return {
    name,
    settings: parsed.settings,
    secretKeys: secret,
    warnings: parsed.warnings.map(formatProblem),
    recorded: recordedIn(outputs),
  };
}

function assigned(values: Readonly<Record<string, unknown>>, assignment: string, project: string) {
  const [, path, value] = /^([^=]+)=([^]*)$/.exec(assignment) ?? [];
  if (path === undefined || value === undefined) {
    throw new UserError(`--set ${assignment}: write PATH=VALUE, such as activeColor=green`);
  }
  try {
    return assign(values, path.startsWith(`${project}:`) ? path.slice(project.length + 1) : path, value);
  } catch (error) {
    if (error instanceof AssignError) throw new UserError(`--set ${error.message}`);
    throw error;
  }
}

function recordedIn(outputs: unknown): Record<string, RecordedTraffic> {
  const { images, traffic } = outputsSchema.parse(outputs);
  return Object.fromEntries(
    Object.keys(images).map((service) => {
      const { active, canaryWeight = 0 } = traffic[service] ?? {};
      const color = colors.find((each) => active === names.environment(service, each));
      return [service, { canaryWeight, ...(color && { active: color }) }];
    }),
  );
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "there is no pulumi on PATH";
  const said = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  return said === "" ? error.message : said.replace(/^error: /, "");
}
