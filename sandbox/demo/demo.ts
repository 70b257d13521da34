import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Reporter, SandboxError } from "../report";
import { type Answer, isLost, tally } from "./load/answer";
import { RunningLoad } from "./load/client";
import { type LoadOrder } from "./load/main";
import { DemoStack } from "./stack";
import { lossText, type Measurement, measure, type Scenario, scenarios } from "./transitions";

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
  readonly pace?: Partial<Pace>;
}

/** How much the demo sends, and how long it watches. */
export interface Pace {
  /** Requests a second. @default 200 */
  readonly rate: number;
  /**
   * From the end of `pulumi up` to the window in which shares are counted, in milliseconds: ingress-nginx takes a second to
   * take a change over, Traefik a tenth. @default 1000
   */
  readonly settle: number;
  /** Requests in that window. @default 500 */
  readonly window: number;
  /** How long the route may take to serve after the first `pulumi up`, in milliseconds. @default 60000 */
  readonly serving: number;
}

const defaultPace: Pace = { rate: 200, settle: 1_000, window: 500, serving: 60_000 };

/** What the demo measured. */
export interface DemoResult {
  readonly transitions: readonly Measurement[];
  readonly lost: number;
}

const host = "shop.localhost";
/** Seconds after which the load of a demo that was forgotten ends. */
const longestLoad = 1_800;

/** When the parts of one transition were, in milliseconds since 1970. */
interface Run {
  readonly scenario: Scenario;
  readonly began: number;
  readonly seconds: number;
  readonly ok: boolean;
  /** The settled window, whose end is fixed beforehand: the color that answers slowly is not counted short. */
  readonly window: { readonly from: number; readonly to: number };
}

/**
 * Deploys both colors and moves live requests between them, counting every one.
 *
 * @throws SandboxError when `pulumi` fails where it must not, nothing serves, or the load dies.
 */
export async function runDemo(args: DemoArgs): Promise<DemoResult> {
  const pace = { ...defaultPace, ...args.pace };
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
  await serving(args, pace);

  const load = RunningLoad.start({ ...orderOf(args, pace), count: pace.rate * longestLoad }, args.wrap);
  try {
    await load.begun;
    const runs: Run[] = [];
    for (const scenario of scenarios) runs.push(await transition(scenario, stack, load, args, pace));
    await load.stop(); // Now the last answers are in, and each request counts in exactly one transition.
    const transitions = runs.map((run, index) => {
      return measured(run, load, index === 0 ? -Infinity : run.began, runs[index + 1]?.began ?? Infinity);
    });
    return { transitions, lost: load.answers.filter(isLost).length };
  } catch (error) {
    await load.stop().catch(() => undefined); // When it failed too, that is what was thrown.
    if (args.signal.aborted) args.report({ event: "warning", text: whatIsLive(load.answers, pace) });
    throw error;
  }
}

function orderOf(args: DemoArgs, { rate }: Pace): Omit<LoadOrder, "count"> {
  return { origin: args.origin, anywhere: args.anywhere, host, path: "/", rate, timeout: 5_000 };
}

/** Resolves when the live host answers; a controller takes a moment to see a new route. */
async function serving(args: DemoArgs, pace: Pace): Promise<void> {
  const until = Date.now() + pace.serving;
  for (;;) {
    args.signal.throwIfAborted();
    const probe = RunningLoad.start({ ...orderOf(args, pace), count: Math.ceil(pace.rate / 4) }, args.wrap);
    await probe.finished;
    const { lost, losses, requests } = tally(probe.answers);
    if (lost === 0) return;
    if (Date.now() > until) {
      const seconds = pace.serving / 1000;
      const text = `${host} does not serve ${seconds} s after the first pulumi up: ${lost} of ${requests} requests lost`;
      throw new SandboxError(`${text} (${lossText(losses)})`);
    }
  }
}

async function transition(
  scenario: Scenario,
  stack: DemoStack,
  load: RunningLoad,
  args: DemoArgs,
  pace: Pace,
): Promise<Run> {
  const began = Date.now();
  args.report({ event: "step", text: scenario.name });
  const line = progressLine(scenario, load, began, args.report);
  try {
    await stack.configure(scenario.config);
    const upBegan = Date.now();
    const { ok, output } = await stack.up();
    const upEnded = Date.now();
    // Refused for the reason that the scenario is about, and not because something broke.
    const refused = scenario.refused === true && output.includes("release-green-shop");
    if (!ok && !refused) throw new SandboxError(`pulumi up failed:\n${output.trim()}`);
    const from = upEnded + pace.settle;
    const to = from + (pace.window * 1000) / pace.rate;
    await waitUntil(to, load, args.signal);
    return { scenario, began, seconds: (upEnded - upBegan) / 1000, ok, window: { from, to } };
  } finally {
    clearInterval(line);
  }
}

/** What the requests of a transition show: those from `begin` to before `end`, where the next one began. */
function measured(run: Run, load: RunningLoad, begin: number, end: number): Measurement {
  const { from, to } = run.window;
  return measure(run.scenario, run, load.between(begin, end), load.between(from, to));
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

function whatIsLive(answers: readonly Answer[], { rate }: Pace): string {
  const { colors, lost, requests } = tally(answers.slice(-rate));
  const shares = Object.entries(colors).map(([color, count]) => `${color} ${count}`);
  const seen = [...shares, ...(lost > 0 ? [`lost ${lost}`] : [])].join(", ");
  return `of the last ${requests} requests: ${seen || "none answered"}. Run the demo again, or: npx cyan sandbox down`;
}

/** Rejects when the demo is interrupted, or when its load ends before that instant. */
async function waitUntil(instant: number, load: RunningLoad, signal: AbortSignal): Promise<void> {
  const ended = load.finished.then(() => {
    throw new SandboxError("the load ended before the demo did");
  });
  await Promise.race([setTimeout(Math.max(0, instant - Date.now()), undefined, { signal }), ended]);
  // On a busy machine a request is sent later than it was due: those that were due before are out when a later one is answered.
  while (load.between(instant, Infinity).length === 0) {
    signal.throwIfAborted();
    await Promise.race([load.nextAnswer(), ended]);
  }
}
