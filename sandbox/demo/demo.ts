import { join } from "node:path";
import { type Reporter, SandboxError } from "../report";
import { type Answer, isLost, tally } from "./load/answer";
import { RunningLoad } from "./load/client";
import { type LoadOrder } from "./load/main";
import { DemoStack } from "./stack";
import { type Measurement, measure, type Scenario, scenarios } from "./transitions";

export interface DemoArgs {
  /** The checkout whose program is run. */
  readonly checkout: string;
  /** A folder for the demo's copy of the stack's config. */
  readonly work: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Where requests enter, as seen by a command that `wrap` has put in its place. */
  readonly origin: string;
  readonly anywhere: boolean;
  readonly wrap: (argv: readonly string[]) => readonly string[];
  readonly report: Reporter;
  readonly signal: AbortSignal;
}

/** What the demo measured. */
export interface DemoResult {
  readonly transitions: readonly Measurement[];
  readonly lost: number;
}

const host = "shop.localhost";
const rate = 200;
/** From the end of `pulumi up` to the window: ingress-nginx takes a second to take a change over, Traefik a tenth. */
const settle = 1_000;
/** Requests in the window in which the shares are counted. */
const windowRequests = 1_000;
/** Ends a load whose demo was forgotten. */
const longestLoad = 1_800;

/** Deploys both colors and moves live requests between them, counting every one. */
export async function runDemo(args: DemoArgs): Promise<DemoResult> {
  const stack = new DemoStack({
    ...args,
    template: join(args.checkout, "Pulumi.dev.yaml"),
    configFile: join(args.work, "Pulumi.dev.yaml"),
  });
  args.report({ event: "step", text: "deploying both colors" });
  await stack.select();
  await stack.configure({ activeColor: "blue", canaryWeight: "0", readyTimeout: "10s" });
  const first = await stack.up();
  if (!first.ok) throw new SandboxError(`the first pulumi up failed:\n${first.output.trim()}`);
  await serving(args);

  const order: LoadOrder = { ...orderOf(args), count: rate * longestLoad };
  const load = RunningLoad.start(order, args.wrap);
  try {
    const transitions: Measurement[] = [];
    for (const scenario of scenarios) transitions.push(await transition(scenario, stack, load, args));
    await load.stop();
    return { transitions, lost: load.answers.filter(isLost).length };
  } catch (error) {
    if (args.signal.aborted) args.report({ event: "warning", text: whatIsLive(load.answers) });
    throw error;
  } finally {
    await load.stop();
  }
}

function orderOf(args: DemoArgs): Omit<LoadOrder, "count"> {
  return { origin: args.origin, anywhere: args.anywhere, host, path: "/", rate, timeout: 5_000 };
}

/** Resolves when the live host answers; a controller takes a moment to see a new route. */
async function serving(args: DemoArgs): Promise<void> {
  for (;;) {
    args.signal.throwIfAborted();
    const probe = RunningLoad.start({ ...orderOf(args), count: rate / 4 }, args.wrap);
    await probe.finished;
    if (tally(probe.answers).lost === 0) return;
  }
}

async function transition(
  scenario: Scenario,
  stack: DemoStack,
  load: RunningLoad,
  args: DemoArgs,
): Promise<Measurement> {
  const began = Date.now();
  const line = progressLine(scenario, load, began, args.report);
  try {
    await stack.configure(scenario.config);
    const upBegan = Date.now();
    const { ok, output } = await stack.up();
    const upEnded = Date.now();
    const windowBegan = upEnded + settle;
    const answered = (): Answer[] => load.between(windowBegan, Infinity);
    while (answered().length < windowRequests) await pause(args.signal);
    const result = measure(
      scenario,
      { seconds: (upEnded - upBegan) / 1000, ok },
      load.between(began, Infinity),
      answered(),
    );
    if (!ok && scenario.refused !== true) throw new SandboxError(`pulumi up failed:\n${output.trim()}`);
    return result;
  } finally {
    clearInterval(line);
  }
}

/** Tells four times a second how a transition goes. */
function progressLine(scenario: Scenario, load: RunningLoad, began: number, report: Reporter): NodeJS.Timeout {
  return setInterval(() => {
    const { requests, lost } = tally(load.between(began, Infinity));
    const last = tally(load.between(Date.now() - 1000, Infinity)).colors;
    const shares = Object.entries(last).map(([color, count]) => `${color} ${count}`);
    const text = `${scenario.name}: ${requests} requests, ${lost} lost; last second: ${shares.join(", ")}`;
    report({ event: "status", text });
  }, 250);
}

function whatIsLive(answers: readonly Answer[]): string {
  const { colors } = tally(answers.slice(-rate));
  const shares = Object.entries(colors).map(([color, count]) => `${color} ${count}`);
  return `of the last ${rate} requests: ${shares.join(", ")}. Run the demo again, or: npx cyan sandbox down`;
}

async function pause(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
