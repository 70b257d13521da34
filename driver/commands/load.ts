import { Command, InvalidArgumentError } from "commander";
import { entrance } from "../../sandbox/cluster/access";
import { type SandboxPaths } from "../../sandbox/cluster/paths";
import { isLost, tally, type Tally } from "../../sandbox/demo/load/answer";
import { RunningLoad } from "../../sandbox/demo/load/client";
import { wilson99 } from "../../sandbox/demo/statistics";
import { type Invocation } from "../invocation";
import { reporterOf } from "./reporting";

interface Options {
  readonly rate: number;
  readonly seconds: number;
  readonly host: string;
  readonly path: string;
  readonly json?: true;
}

/** `cyan sandbox load`: a steady load on the ingress, counted by color. */
export function loadCommand(invocation: Invocation, paths: () => SandboxPaths): Command {
  return new Command("load")
    .description("send requests at a steady rate and show the share of each color; exits with 1 when one was lost")
    .option("--rate <requests>", "requests a second", positive, 200)
    .option("--seconds <seconds>", "how long", positive, 10)
    .option("--host <host>", "the Host header", "shop.localhost")
    .option("--path <path>", "the URL's path", "/")
    .option("--json", "one JSON object")
    .action(async (options: Options) => {
      const { origin, anywhere, wrap } = entrance(paths());
      const report = reporterOf(invocation, undefined);
      const order = {
        origin,
        anywhere,
        host: options.host,
        path: options.path,
        rate: options.rate,
        count: Math.ceil(options.rate * options.seconds),
        timeout: 5_000,
      };
      let lost = 0;
      const load = RunningLoad.start(order, wrap, (answer) => {
        if (isLost(answer)) lost += 1;
        if (load.answers.length % Math.ceil(options.rate / 4) === 0) {
          const text = `${load.answers.length} of ${order.count} requests, ${lost} lost`;
          report({ event: "status", text });
        }
      });
      const stop = (): void => void load.stop();
      invocation.signal.addEventListener("abort", stop);
      await load.finished;
      invocation.signal.removeEventListener("abort", stop);
      const result = tally(load.answers);
      invocation.stdout.write(options.json ? `${JSON.stringify(summary(result))}\n` : text(result));
      invocation.signal.throwIfAborted();
      invocation.exitCode = result.lost === 0 ? 0 : 1;
    });
}

/** The share of each color with its 99 % interval, and the losses. */
export function summary(result: Tally) {
  const answered = result.requests - result.lost;
  const shares = Object.entries(result.colors).map(([color, count]) => {
    return [color, { requests: count, share: count / answered, interval: wilson99(count, answered) }] as const;
  });
  return { requests: result.requests, lost: result.lost, losses: result.losses, colors: Object.fromEntries(shares) };
}

function text(result: Tally): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const { colors, lost, losses, requests } = summary(result);
  const shares = Object.entries(colors).map(([color, { requests: count, share, interval }]) => {
    const range = `99 % interval ${percent(interval.low)} to ${percent(interval.high)}`;
    return `  ${color.padEnd(8)} ${String(count).padStart(8)}  ${percent(share).padStart(7)}  ${range}\n`;
  });
  const reasons = Object.entries(losses).map(([why, count]) => `  ${String(count).padStart(8)} × ${why}\n`);
  return `${requests} requests, ${lost} lost\n${shares.join("")}${reasons.join("")}`;
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError("it is not a number over 0");
  return number;
}
