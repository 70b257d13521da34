/**
 * A rollout of ten steps that are not watched, beside bare `pulumi up` of a weight; and what the Automation API would run
 * besides in each step. Needs the sandbox: npx cyan sandbox up && npm run bench:rollout
 */
import { BenchStack, median, type Told } from "./release-stack";

const weights = [5, 10, 20, 30, 40, 50, 60, 70, 80];

function secondsBetween(told: readonly Told[], from: string, to: string): number {
  const at = (event: string): number => Date.parse(told.find((each) => each.event === event)?.time ?? "");
  return (at(to) - at(from)) / 1000;
}

async function main(): Promise<void> {
  const stack = new BenchStack("bench-rollout");
  try {
    stack.set("drain", "1s");
    stack.up();
    const bare = [20, 0, 20, 0, 20].map((weight) => {
      stack.set("canaryWeight", String(weight));
      return stack.up();
    });
    stack.set("canaryWeight", "0");
    stack.up();
    const { code, told } = await stack.cyan(
      "rollout",
      "--steps",
      weights.join(","),
      "--interval",
      "0",
      "--analysis",
      "none",
    );
    if (code !== 0) throw new Error(`the rollout ended with ${code}`);
    const step = secondsBetween(told, "began", "ended") / (weights.length + 1);
    const besides = [
      ["stack", "output", "--json"],
      ["stack", "output", "--json", "--show-secrets"],
      ["stack", "history", "--json", "--page-size", "1"],
    ];
    const removed = besides.reduce((sum, args) => sum + stack.pulumi(...args), 0);
    const up = median(bare);
    process.stdout.write(
      `bare pulumi up of a weight: ${up.toFixed(2)} s\n` +
        `a step of ten: ${step.toFixed(2)} s, ratio ${(step / up).toFixed(2)}\n` +
        `outputs and history after each update, which are not asked for: ${removed.toFixed(2)} s\n`,
    );
  } finally {
    stack.remove();
  }
}

void main();
