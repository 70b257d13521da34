import { createRequire } from "node:module";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { routerKinds } from "../../components/model/settings";
import { type ControllerKind, controllerKinds, strategies, type Strategy } from "../../render/kinds";
import { type Grouping, groupings } from "../../render/layout";
import { type Rendering } from "../../render/render";
import { checkout } from "../checkout";
import { type Invocation, UserError } from "../invocation";
import { renderedReport, renderedText } from "../render/report";
import { refuseSecrets } from "../render/secrets";
import { writeFiles } from "../render/write";
import { readStack, type Stack, type StackChoice } from "../stack";

interface Options extends StackChoice {
  readonly out: string;
  readonly router?: string;
  readonly set: readonly string[];
  readonly per?: Grouping;
  readonly strategy?: Strategy;
  readonly prometheus?: string;
  readonly force?: true;
  readonly json?: true;
}

/** The components take half a second to load, which no other command has to wait for. */
const load = createRequire(__filename);

/** `cyan render`: the release as YAML, for those who do not apply it by Pulumi. */
export function renderCommand(invocation: Invocation): Command {
  const collect = (value: string, before: readonly string[]): string[] => [...before, value];
  return new Command("render")
    .description("write the release as YAML for kubectl, Argo CD or Flux; asks no cluster, and writes no secret")
    .requiredOption("--out <dir>", "the folder to write to")
    .addOption(
      new Option("--router <name>", "what splits requests; the config's by default").choices([
        ...new Set([...routerKinds, ...controllerKinds]),
      ]),
    )
    .option("--set <path=value>", "render as if this config value were set; may be given more than once", collect, [])
    .addOption(
      new Option("--per <what>", "a file for each object (default), or for each environment").choices(groupings),
    )
    .addOption(
      new Option("--strategy <name>", "argo-rollouts: how a version is brought out, canary by default").choices(
        strategies,
      ),
    )
    .option("--prometheus <url>", "argo-rollouts, flagger: where the metrics are that judge a release", address)
    .option("--force", "write over files that differ")
    .option("--stack <name>", "the stack; the selected one by default")
    .option("--config-file <path>", "the stack's config, in the place of Pulumi.STACK.yaml")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  npx cyan render --router gateway-api --out deploy && kubectl diff -k deploy" +
        "\n  npx cyan render --router argo-rollouts --strategy blue-green --out deploy",
    )
    .action(async (options: Options) => {
      const { out, set, router } = options;
      const controller = controllerKinds.find((kind) => kind === router);
      checkTogether(options, controller);
      // A controller splits by the annotations of ingress-nginx.
      const chosen = controller === undefined ? router : "ingress-nginx";
      const read = { ...options, set: chosen === undefined ? set : [...set, `router=${chosen}`] };
      const stack = await readStack(read, checkout, invocation);
      refuseSecrets(stack);
      const rendering = await rendered(stack, options, controller);
      const folder = resolve(invocation.cwd, out);
      const written = writeFiles(folder, rendering.files, { force: options.force ?? false });
      const report = renderedReport(folder, rendering, written);
      for (const warning of [...stack.warnings, ...report.warnings]) invocation.stderr.write(`warning: ${warning}\n`);
      invocation.stdout.write(options.json ? `${JSON.stringify(report)}\n` : renderedText(report));
    });
}

function rendered(stack: Stack, options: Options, kind: ControllerKind | undefined): Promise<Rendering> {
  const { renderExport, renderRelease } = load("../../render/render") as typeof import("../../render/render");
  const { per = "object", strategy = "canary", prometheus } = options;
  if (kind === undefined) return renderRelease(stack.settings, { stack: stack.name, grouping: per });
  const judged = prometheus === undefined ? {} : { prometheus };
  return renderExport(stack.settings, { stack: stack.name, kind, strategy, ...judged });
}

/** @throws UserError for options that mean nothing together. */
function checkTogether({ per, strategy, prometheus }: Options, controller: ControllerKind | undefined): void {
  if (controller === undefined) {
    const [named] = [strategy && "--strategy", prometheus && "--prometheus"].filter((each) => each !== undefined);
    if (named !== undefined) throw new UserError(`${named} goes with --router ${controllerKinds.join(" or ")}`);
  } else if (per !== undefined) {
    throw new UserError(`--per is for two environments, and ${controller} has one; leave it out`);
  } else if (controller === "flagger" && strategy === "blue-green") {
    throw new UserError("flagger moves requests by weights; for blue-green use --router argo-rollouts");
  }
}

function address(value: string): string {
  if (!/^https?:/.test(value) || !URL.canParse(value)) throw new InvalidArgumentError("it is no http or https URL");
  return value;
}
