import { Command } from "commander";
import pc from "picocolors";
import { connect } from "../../components/live/connect";
import { connectLeases } from "../../components/live/leases";
import { readLive } from "../../components/live/read";
import { colors } from "../../components/model/color";
import { liveRouters } from "../../components/routers/live";
import { checkout } from "../checkout";
import { systemClock } from "../clock";
import { exitCodes, type Invocation } from "../invocation";
import { leaseName, type LeaseView, viewOf } from "../rollout/lease";
import { parseReceipt } from "../rollout/receipt-store";
import { rolloutStatus } from "../rollout/status";
import { viewKept } from "../rollout/view";
import { readStack, type Stack, type StackChoice } from "../stack";
import { compare, servicesOf, type ServiceStatus } from "../status/compare";
import { type LinesArgs, rolloutLines } from "../terminal/rollout-lines";
import { Screen } from "../terminal/screen";

type Options = StackChoice & { readonly json?: true; readonly watch?: true };

/** `cyan status`: declared, recorded and live traffic side by side, and where the rollout is. */
export function statusCommand(invocation: Invocation): Command {
  return new Command("status")
    .description("show declared, recorded and live traffic side by side; exits with 1 when they differ")
    .option("--stack <name>", "the stack; the selected one by default")
    .option("--config-file <path>", "the stack's config, in the place of Pulumi.STACK.yaml")
    .option("--watch", "show it again every 2 seconds, until interrupted")
    .option("--json", "one JSON object, or with --watch one a line")
    .action(async (options: Options) => {
      const { stdout, signal } = invocation;
      const drawn = options.watch && !options.json && stdout.isTTY && invocation.env["TERM"] !== "dumb";
      const screen = drawn ? new Screen(stdout) : undefined;
      for (;;) {
        await show(options, invocation, screen);
        if (!options.watch) return;
        await systemClock.sleep(watchPause, signal);
      }
    });
}

/** Milliseconds between two looks. */
const watchPause = 2_000;

async function show(options: Options, invocation: Invocation, screen: Screen | undefined): Promise<void> {
  const stack = await readStack(options, checkout, invocation);
  const { namespace, cluster, router } = stack.settings;
  const [live, lease] = await Promise.all([
    readLive(connect(namespace, cluster), servicesOf(stack), liveRouters[router]),
    leaseOf(stack),
  ]);
  const services = compare(stack, live);
  const rollout = lease && rolloutStatus(lease);
  const text = (): string =>
    `${statusText(services, live.known ? "" : live.why)}${rollout === undefined ? "" : `${rollout.text}\n`}`;
  if (options.json) {
    const unknown = live.known ? {} : { unknown: live.why };
    invocation.stdout.write(`${JSON.stringify({ services, ...(rollout && { rollout }), ...unknown })}\n`);
  } else if (screen === undefined) invocation.stdout.write(text());
  else {
    const paint = pc.createColors(!invocation.env["NO_COLOR"]);
    const args = { width: screen.width, paint, now: new Date(systemClock.now()) };
    screen.draw([...text().trimEnd().split("\n"), ...(lease ? runningLines(lease, args) : [])]);
  }
  const differs = services.some(({ drift }) => drift.length > 0);
  invocation.exitCode = live.known && !differs ? exitCodes.done : exitCodes.failed;
}

/** A rollout that is not over, as its driver shows it. */
export function runningLines({ state, receipt }: LeaseView, { width, paint, now }: LinesArgs): string[] {
  if (state === undefined || state.phase.kind === "ended") return [];
  const kept = parseReceipt(receipt, state.id);
  if (kept === undefined) return [];
  return ["", ...rolloutLines(viewKept(state, kept), { width, paint, now })];
}

/** What the stack's driver keeps; undefined when there was none, or the cluster does not say. */
async function leaseOf({ name, settings }: Stack): Promise<LeaseView | undefined> {
  try {
    const leases = await connectLeases(settings.namespace, settings.cluster);
    const lease = await leases.read(leaseName(name));
    return lease && viewOf(lease);
  } catch {
    return undefined; // Whoever may not read Leases is shown the rest; a cluster that does not answer is told of above.
  }
}

/** The status for people: a table for each service, and below it what differs. */
export function statusText(services: readonly ServiceStatus[], unknown: string): string {
  const cell = (value: number | undefined): string => (value === undefined ? "-" : `${value} %`).padStart(10);
  const blocks = services.map(({ service, declared, recorded, live, endpoints, drift }) => {
    const rows = colors.map((color) => {
      const { ready, replicas } = endpoints?.[color] ?? {};
      const pods = ready === undefined ? "-" : `${ready} of ${replicas ?? 0}`;
      return `  ${color.padEnd(10)}${cell(declared?.[color])}${cell(recorded?.[color])}${cell(live?.[color])}${pods.padStart(12)}`;
    });
    const head = `${service.padEnd(12)}${"declared".padStart(10)}${"recorded".padStart(10)}${"live".padStart(10)}${"ready".padStart(12)}`;
    return [head, ...rows, ...drift.map((line) => pc.yellow(`  ${line}`)), ""].join("\n");
  });
  if (unknown !== "") blocks.push(pc.yellow(`the cluster was not read: ${unknown}\n`));
  return blocks.join("\n");
}
