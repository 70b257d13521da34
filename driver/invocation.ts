/** One run of the command: what it may read, write and be told. */
export interface Invocation {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Fires at Ctrl-C and at SIGTERM. */
  readonly signal: AbortSignal;
  /** What a command that ran to its end exits with. */
  exitCode: number;
}

/** What every command exits with; docs/commands.md says more. */
export const exitCodes = {
  /** Done, promoted; or, of a command that only looks, all is well. */
  done: 0,
  failed: 1,
  /** How the command was called, or the stack's config, is wrong. */
  usage: 2,
  /** A gate, a policy or a rule refused to move traffic. */
  refused: 3,
  /** The analysis failed, and traffic was moved back. */
  rolledBack: 4,
  /** Another driver holds the stack. */
  held: 5,
  interrupted: 130,
} as const;

/** A mistake in how the command was called: one message, no stack, exit code 2. */
export class UserError extends Error {
  override readonly name = "UserError";
}
