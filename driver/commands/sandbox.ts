import { Command, Option } from "commander";
import pc from "picocolors";
import { exportLines, type SandboxStatus, sandboxStatus, shellVariables } from "../../sandbox/cluster/access";
import { useContext } from "../../sandbox/cluster/context";
import { down } from "../../sandbox/cluster/down";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { up } from "../../sandbox/cluster/up";
import { type AddonName, addonNames } from "../../sandbox/toolchain/addons";
import { checkout } from "../checkout";
import { type Invocation } from "../invocation";
import { loadCommand } from "./load";
import { reporterOf } from "./reporting";

/** `cyan sandbox …`: a real cluster on this machine, to try a release on. */
export function sandboxCommand(invocation: Invocation): Command {
  const paths = () => sandboxPaths(checkout, invocation.env);
  return new Command("sandbox")
    .description("a real Kubernetes cluster on this machine, or one that is there already, to try releases on")
    .addCommand(
      new Command("up")
        .description("bring the cluster up, or mend it; builds what is missing on the first run")
        .option("--context <name>", "use the cluster of this kubeconfig context; nothing is built or started")
        .option("--ingress <url>", "with --context: where its ingress controller is reached", "http://127.0.0.1:80")
        .addOption(
          new Option("--with <addon...>", "also run this controller; it is built on its first run")
            .choices(addonNames)
            .conflicts("context"),
        )
        .option("--json", "one JSON object a line")
        .action(async (options: { context?: string; ingress: string; with?: AddonName[]; json?: true }) => {
          const began = performance.now();
          const report = reporterOf(invocation, options.json);
          const args = { paths: paths(), env: invocation.env, report, signal: invocation.signal };
          if (options.context === undefined) await up({ ...args, addons: options.with ?? [] });
          else await useContext({ ...args, context: options.context, ingress: options.ingress });
          const seconds = ((performance.now() - began) / 1000).toFixed(1);
          report({ event: "done", text: `the sandbox is up (${seconds} s)` });
          if (!options.json) invocation.stdout.write(next);
        }),
    )
    .addCommand(
      new Command("down")
        .description("end the cluster and remove everything of it; what was built stays cached")
        .option("--json", "one JSON object a line")
        .action(async (options: { json?: true }) => {
          await down({ paths: paths() }, { keepData: false });
          reporterOf(invocation, options.json)({ event: "done", text: "the sandbox is down" });
        }),
    )
    .addCommand(
      new Command("status")
        .description("show each part of the cluster; exits with 1 when it is not up")
        .option("--json", "one JSON object")
        .action((options: { json?: true }) => {
          const status = sandboxStatus(paths());
          invocation.stdout.write(options.json ? `${JSON.stringify(status)}\n` : statusText(status));
          invocation.exitCode = status.state === "ready" ? 0 : 1;
        }),
    )
    .addCommand(
      new Command("env")
        .description("print the variables with which plain pulumi and kubectl work on the cluster")
        .addHelpText("after", '\nExample:\n  eval "$(npx cyan sandbox env)"')
        .option("--json", "one JSON object")
        .action((options: { json?: true }) => {
          const variables = shellVariables(paths(), invocation.env);
          invocation.stdout.write(options.json ? `${JSON.stringify(variables)}\n` : exportLines(variables));
        }),
    )
    .addCommand(loadCommand(invocation, paths));
}

const next = `
Try:
  eval "$(npx cyan sandbox env)"      a shell in which plain pulumi and kubectl work
  pulumi stack select --create dev && pulumi up
  npx cyan sandbox load               requests, counted by color
`;

function statusText(status: SandboxStatus): string {
  const color = status.state === "ready" ? pc.green : pc.yellow;
  const head = `${color(status.state)}${status.message === "" ? "" : `: ${status.message}`}\n`;
  if (status.state === "down") return head;
  const rows = status.parts.map((part) => {
    const restarts = part.restarts === 0 ? "" : `, restarted ${String(part.restarts)} times`;
    return `  ${part.name.padEnd(24)} ${part.state}, process ${String(part.pid)}${restarts}\n`;
  });
  const places = [`  ${"ingress".padEnd(24)} ${status.ingress}\n`];
  if (status.prometheus !== "") places.push(`  ${"prometheus".padEnd(24)} ${status.prometheus}\n`);
  return `${head}${places.join("")}${rows.join("")}`;
}
