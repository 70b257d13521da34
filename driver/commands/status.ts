import { Command } from "commander";
import pc from "picocolors";
import { connect } from "../../components/live/connect";
import { readLive } from "../../components/live/read";
import { colors } from "../../components/model/color";
import { liveRouters } from "../../components/routers/live";
import { checkout } from "../checkout";
import { exitCodes, type Invocation } from "../invocation";
import { readStack, type StackChoice } from "../stack";
import { compare, servicesOf, type ServiceStatus } from "../status/compare";

/** `cyan status`: declared, recorded and live traffic side by side. */
export function statusCommand(invocation: Invocation): Command {
  return new Command("status")
    .description("show declared, recorded and live traffic side by side; exits with 1 when they differ")
    .option("--stack <name>", "the stack; the selected one by default")
    .option("--config-file <path>", "the stack's config, in the place of Pulumi.STACK.yaml")
    .option("--json", "one JSON object")
    .action(async (options: StackChoice & { json?: true }) => {
      const stack = await readStack(options, checkout, invocation);
      const { namespace, cluster, router } = stack.settings;
      const live = await readLive(connect(namespace, cluster), servicesOf(stack), liveRouters[router]);
      const services = compare(stack, live);
      const unknown = live.known ? {} : { unknown: live.why };
      invocation.stdout.write(
        options.json
          ? `${JSON.stringify({ services, ...unknown })}\n`
          : statusText(services, live.known ? "" : live.why),
      );
      const differs = services.some(({ drift }) => drift.length > 0);
      invocation.exitCode = live.known && !differs ? exitCodes.done : exitCodes.failed;
    });
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
