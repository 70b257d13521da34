import { Pool } from "undici";
import { type Answer } from "./answer";

export interface LoadArgs {
  /** Where requests go, such as `http://127.0.0.1:80`. */
  readonly origin: string;
  readonly path: string;
  /** The Host header. */
  readonly host: string;
  /** Other headers of each request. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Requests a second. */
  readonly rate: number;
  /** How many to send in all, unless the signal ends it before. */
  readonly count: number;
  /** How long an answer may take, in milliseconds from when its request was due: waiting for a connection counts. */
  readonly timeout: number;
  /** Whether each request has a connection of its own, for a service that splits connections. @default false */
  readonly fresh?: boolean;
  readonly signal: AbortSignal;
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly onAnswer: (answer: Answer) => void;
}

/** More would be a load of connections, not of requests. */
const connections = 256;

/**
 * Sends requests at a steady rate and an open loop: each at its own time, whether or not earlier ones were answered, so
 * that a service that stalls is seen with all the requests that real users would have sent meanwhile (see Gil Tene on
 * coordinated omission). Resolves when every request that was sent has its answer.
 */
export async function load(args: LoadArgs): Promise<void> {
  // Each request has a deadline of its own, which unlike the pool's also runs while it waits for a connection.
  const timeouts = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: args.timeout } };
  const pool = new Pool(args.origin, { connections, ...timeouts });
  const began = args.now();
  const dueAt = (index: number): number => began + (index * 1000) / args.rate;
  const open = new Set<Promise<void>>();
  for (let sent = 0; sent < args.count && !args.signal.aborted;) {
    for (; sent < args.count && dueAt(sent) <= args.now(); sent += 1) {
      const one = ask(pool, args, dueAt(sent)).then(args.onAnswer);
      open.add(one);
      void one.finally(() => open.delete(one));
    }
    await rest(dueAt(sent) - args.now(), args.signal);
  }
  await Promise.all(open);
  await pool.destroy();
}

async function ask(pool: Pool, args: LoadArgs, at: number): Promise<Answer> {
  const took = (): number => Math.round(args.now() - at);
  try {
    const { statusCode, headers, body } = await pool.request({
      method: "GET",
      path: args.path,
      headers: { ...args.headers, host: args.host },
      reset: args.fresh ?? false,
      signal: AbortSignal.timeout(Math.max(0, Math.ceil(at + args.timeout - args.now()))),
    });
    await body.arrayBuffer(); // Not `dump`, which takes an answer that was cut off for a whole one.
    const color = headers["x-color"];
    return { at, took: took(), status: statusCode, color: typeof color === "string" ? color : "", error: "" };
  } catch (error) {
    return { at, took: took(), status: 0, color: "", error: kindOf(error) };
  }
}

function kindOf(error: unknown): string {
  // Undici's own limit on connecting is the same one; on a busy machine either may come first.
  if (error instanceof Error && /^(Connect)?TimeoutError$/.test(error.name)) return "timeout";
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, milliseconds));
    signal.addEventListener("abort", done);
  });
}
