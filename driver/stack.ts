import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { type Color } from "../components/model/color";
import { routerKinds } from "../components/model/settings";
import { type Traffic } from "../components/model/traffic";
import { type Invocation, UserError } from "./invocation";

const run = promisify(execFile);

/** What a stack declares and what its last update left in its outputs. */
export interface StackView {
  readonly declared: Traffic;
  readonly namespace: string;
  readonly router: (typeof routerKinds)[number];
  readonly cluster: { readonly kubeconfig?: string; readonly context?: string };
  /** By service: the traffic that the objects had after the last update. */
  readonly recorded: Readonly<Record<string, RecordedTraffic>>;
}

export interface RecordedTraffic {
  readonly active?: Color;
  readonly canaryWeight: number;
}

const configSchema = z.record(z.string(), z.object({ value: z.string().optional() }));
const outputsSchema = z.object({
  images: z.record(z.string(), z.unknown()).default({}),
  traffic: z.record(z.string(), z.object({ active: z.string(), canaryWeight: z.number() })).default({}),
});

/**
 * Reads a stack by the plain `pulumi` command.
 *
 * @throws UserError when there is no such command or stack, with what it said.
 */
export async function readStack(stack: string | undefined, cwd: string, invocation: Invocation): Promise<StackView> {
  const pulumi = async (...args: string[]): Promise<unknown> => {
    const named = stack === undefined ? args : [...args, "--stack", stack];
    try {
      const { env, signal } = invocation;
      const { stdout } = await run("pulumi", [...named, "--json", "--non-interactive"], { cwd, env, signal });
      return JSON.parse(stdout);
    } catch (error) {
      invocation.signal.throwIfAborted();
      throw new UserError(`pulumi ${args.join(" ")} failed: ${reason(error)}`);
    }
  };
  const [config, outputs] = await Promise.all([pulumi("config"), pulumi("stack", "output")]);
  return view(config, outputs);
}

/** A stack from the JSON that `pulumi config` and `pulumi stack output` print. */
export function view(config: unknown, outputs: unknown): StackView {
  const values = configSchema.parse(config);
  const value = (key: string): string | undefined => values[key]?.value;
  const { images, traffic } = outputsSchema.parse(outputs);
  const [kubeconfig, context] = [value("kubernetes:kubeconfig"), value("kubernetes:context")];
  return {
    declared: {
      activeColor: value("cyan:activeColor") === "green" ? "green" : "blue",
      canaryWeight: Number(value("cyan:canaryWeight") ?? 0),
    },
    namespace: value("cyan:namespace") ?? "default",
    router: routerKinds.find((kind) => kind === value("cyan:router")) ?? "ingress-nginx",
    cluster: { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) },
    recorded: Object.fromEntries(
      Object.keys(images).map((service) => {
        const { active, canaryWeight = 0 } = traffic[service] ?? {};
        const color = (["blue", "green"] as const).find((each) => active === `${service}-${each}`);
        return [service, { canaryWeight, ...(color && { active: color }) }];
      }),
    ),
  };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "there is no pulumi on PATH";
  const said = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  return said === "" ? error.message : said.replace(/^error: /, "");
}
