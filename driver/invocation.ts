/** One run of the command: what it may read, write and be told. */
export interface Invocation {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Fires at Ctrl-C and at SIGTERM. */
  readonly signal: AbortSignal;
  /** What a command that ran to its end exits with. */
  exitCode: number;
}

export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** A mistake in how the command was called: one message, no stack, exit code 2. */
export class UserError extends Error {
  override readonly name = "UserError";
}
