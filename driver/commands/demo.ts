import { join } from "node:path";
import { Command } from "commander";
import { entrance, shellVariables } from "../../sandbox/cluster/access";
import { borrowed } from "../../sandbox/cluster/borrowed";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { up } from "../../sandbox/cluster/up";
import { runDemo } from "../../sandbox/demo/demo";
import { allWell, table } from "../../sandbox/demo/table";
import { checkout } from "../checkout";
import { type Invocation } from "../invocation";
import { reporterOf } from "./reporting";

/** `cyan demo`, also `npm run demo`: a release on the sandbox, under load, with every request counted. */
export function demoCommand(invocation: Invocation): Command {
  return new Command("demo")
    .description("canary, flip, rollback and a refused flip under load; exits with 1 when one request was lost")
    .option("--json", "the result as one JSON object on the last line")
    .action(async (options: { json?: true }) => {
      const { env, signal, stdout } = invocation;
      const paths = sandboxPaths(checkout, env);
      const report = reporterOf(invocation, undefined);
      if (borrowed(paths) === undefined) await up({ paths, env, report, signal });
      const variables = shellVariables(paths, env);
      const place = entrance(paths);
      const result = await runDemo({ ...place, checkout, work: join(paths.root, "demo"), variables, report, signal });
      stdout.write(options.json ? `${JSON.stringify(result)}\n` : `\n${table(result)}${next}`);
      invocation.exitCode = allWell(result) ? 0 : 1;
    });
}

const next = `
The cluster is still up, and blue serves. Try:
  eval "$(npx cyan sandbox env)"
  pulumi config set canaryWeight 20 && pulumi up
  npx cyan sandbox load
  npx cyan sandbox down
`;
