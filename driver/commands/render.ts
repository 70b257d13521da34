import { createRequire } from "node:module";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { routerKinds } from "../../components/model/settings";
import { type Grouping, groupings } from "../../render/layout";
import { checkout } from "../checkout";
import { type Invocation } from "../invocation";
import { renderedReport, renderedText } from "../render/report";
import { refuseSecrets } from "../render/secrets";
import { writeFiles } from "../render/write";
import { readStack, type StackChoice } from "../stack";

interface Options extends StackChoice {
  readonly out: string;
  readonly router?: string;
  readonly set: readonly string[];
  readonly per: Grouping;
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
    .addOption(new Option("--router <name>", "what splits requests; the config's by default").choices(routerKinds))
    .option("--set <path=value>", "render as if this config value were set; may be given more than once", collect, [])
    .addOption(
      new Option("--per <what>", "a file for each object, or for each environment")
        .choices(groupings)
        .default("object"),
    )
    .option("--force", "write over files that differ")
    .option("--stack <name>", "the stack; the selected one by default")
    .option("--config-file <path>", "the stack's config, in the place of Pulumi.STACK.yaml")
    .option("--json", "one JSON object")
    .addHelpText("after", "\nExample:\n  npx cyan render --router gateway-api --out deploy && kubectl diff -k deploy")
    .action(async ({ router, set, out, ...options }: Options) => {
      const chosen = router === undefined ? set : [...set, `router=${router}`];
      const stack = await readStack({ ...options, set: chosen }, checkout, invocation);
      refuseSecrets(stack);
      const { renderRelease } = load("../../render/render") as typeof import("../../render/render");
      const rendering = await renderRelease(stack.settings, { stack: stack.name, grouping: options.per });
      const folder = resolve(invocation.cwd, out);
      const written = writeFiles(folder, rendering.files, { force: options.force ?? false });
      const report = renderedReport(folder, rendering, written);
      for (const warning of [...stack.warnings, ...report.warnings]) invocation.stderr.write(`warning: ${warning}\n`);
      invocation.stdout.write(options.json ? `${JSON.stringify(report)}\n` : renderedText(report));
    });
}
