import type { Stack } from "@pulumi/pulumi/automation";
import { type PolicyPack } from "../../components/model/rollout";
import { Findings } from "./findings";
import { allDead, lockOwners } from "./lock";
import { type Ending, type ReleaseStack } from "./release-stack";

interface LocalStackArgs {
  /** The folder of Pulumi.yaml. */
  readonly checkout: string;
  readonly stack: string;
  readonly policyPacks: readonly PolicyPack[];
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
  readonly isAlive: (pid: number) => boolean;
  /** Whether Ctrl-C reaches the command by itself, from the terminal that it shares with this process. */
  readonly terminal: boolean;
}

/**
 * A stack of the checkout, by the Automation API.
 *
 * Its `up` runs one command and not four: the SDK asks for all outputs twice and for the history after each update, and
 * nothing here reads them.
 */
export async function openStack(args: LocalStackArgs): Promise<ReleaseStack> {
  // It takes a second to load: it is wanted only where something is driven.
  const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
  const envVars = { PULUMI_SKIP_UPDATE_CHECK: "true", ...args.env };
  const stack = await LocalWorkspace.selectStack({ stackName: args.stack, workDir: args.checkout }, { envVars });
  const unread = { outputs: () => Promise.resolve({}), info: () => Promise.resolve(undefined) };
  Object.assign(stack, unread satisfies Pick<Stack, keyof typeof unread>);
  return new LocalStack(stack, args);
}

type Operation = (opts: Parameters<Stack["up"]>[0] & Parameters<Stack["preview"]>[0]) => Promise<unknown>;

class LocalStack implements ReleaseStack {
  constructor(
    private readonly stack: Stack,
    private readonly args: LocalStackArgs,
  ) {}

  get name(): string {
    return this.args.stack;
  }

  async declare(values: Readonly<Record<string, string>>): Promise<void> {
    const entries = Object.entries(values).map(([path, value]) => [path, { value }] as const);
    await this.stack.setAllConfig(Object.fromEntries(entries), true);
  }

  preview(signal: AbortSignal): Promise<Ending> {
    if (this.args.policyPacks.length === 0) return Promise.resolve({ kind: "done" });
    return this.run((opts) => this.stack.preview(opts), {}, signal);
  }

  async up(message: string, signal: AbortSignal): Promise<Ending> {
    const once = (): Promise<Ending> => this.run((opts) => this.stack.up(opts), { message }, signal);
    const ending = await once();
    if (ending.kind !== "locked") return ending;
    const { host, isAlive } = this.args;
    if (!allDead(lockOwners(ending.why) ?? [], host, isAlive)) return ending;
    await this.stack.cancel();
    return once();
  }

  async tag(name: string, value: string): Promise<void> {
    await this.stack.setTag(name, value);
  }

  private async run(operation: Operation, more: { message?: string }, signal: AbortSignal): Promise<Ending> {
    const told = (): boolean => signal.aborted;
    if (told()) return { kind: "stopped" };
    const findings = new Findings();
    const { policyPacks, terminal } = this.args;
    const interrupt = new AbortController();
    const forward = (): void => {
      // Told twice, the command ends at once and leaves its state behind.
      if (!terminal || !String(signal.reason).includes("SIGINT")) interrupt.abort(signal.reason);
    };
    signal.addEventListener("abort", forward);
    try {
      await operation({
        ...more,
        ...packFlags(policyPacks),
        onEvent: findings.add,
        signal: interrupt.signal,
        color: "never",
      });
      return { kind: "done" };
    } catch (error) {
      if (told()) return { kind: "stopped" };
      const said = error instanceof Error ? error.message : String(error);
      return lockOwners(said) === undefined ? findings.ending(said) : { kind: "locked", why: said };
    } finally {
      signal.removeEventListener("abort", forward);
    }
  }
}

/** The command wants a config for each pack or for none; an empty one is none. */
export function packFlags(packs: readonly PolicyPack[]): { policyPacks: string[]; policyPackConfigs: string[] } {
  const tuned = packs.some(({ config }) => config !== undefined);
  return {
    policyPacks: packs.map(({ folder }) => folder),
    policyPackConfigs: tuned ? packs.map(({ config = "" }) => config) : [],
  };
}
