/**
 * The load generator as a process of its own, so that it can run inside the cluster's network namespace. Its one
 * argument is the load as JSON; it prints each answer as a line of JSON, and ends when all are in, or soon after its
 * standard input ends.
 */
import { type LoadArgs, load } from "./engine";
import { assertAllowed } from "./limits";

/** What the process is told. */
export type LoadOrder = Pick<LoadArgs, "origin" | "path" | "host" | "rate" | "count" | "timeout"> & {
  readonly anywhere: boolean;
};

if (require.main === module) {
  const order = JSON.parse(process.argv[2] ?? "") as LoadOrder;
  assertAllowed(order, order.anywhere);
  const stop = new AbortController();
  for (const event of ["SIGINT", "SIGTERM"] as const) {
    process.on(event, () => {
      stop.abort();
    });
  }
  process.stdin
    .on("end", () => {
      stop.abort();
    })
    .resume();
  void load({
    ...order,
    signal: stop.signal,
    now: () => performance.timeOrigin + performance.now(),
    onAnswer: (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`),
  }).then(() => {
    process.stdin.destroy();
  });
}
