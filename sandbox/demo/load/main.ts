/**
 * The load generator as a process of its own, so that it can run inside the cluster's network namespace. Its one
 * argument is the load as JSON; it prints each answer as a line of JSON, and ends when all are in, or soon after its
 * standard input ends.
 */
import { SandboxError } from "../../report";
import { type LoadArgs, load } from "./engine";
import { assertAllowed } from "./limits";

/** What the process is told. */
export type LoadOrder = Pick<
  LoadArgs,
  "origin" | "path" | "host" | "headers" | "rate" | "count" | "timeout" | "fresh"
> & {
  readonly anywhere: boolean;
};

if (require.main === module) {
  try {
    run(JSON.parse(process.argv[2] ?? "") as LoadOrder);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function run(order: LoadOrder): void {
  assertAllowed(order, order.anywhere);
  const stop = new AbortController();
  const end = (): void => {
    stop.abort();
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  process.stdin.on("end", end).resume();
  void load({
    ...order,
    signal: stop.signal,
    now: () => performance.timeOrigin + performance.now(),
    onAnswer: (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`),
  }).then(() => {
    process.stdin.destroy();
  });
}
