import { Command } from "commander";
import { exitCodes, type Invocation } from "../invocation";
import { readReceipts } from "../rollout/receipt-store";
import { markdownOf } from "../rollout/receipt-markdown";
import { viewOf } from "../rollout/lease";
import { openSession } from "../rollout/session";
import { type Receipt } from "../rollout/receipt";

interface Options {
  readonly stack?: string;
  readonly json?: true;
  readonly markdown?: true;
}

/** `cyan receipt`: what a rollout did and measured. The last one is in the cluster, for every machine. */
export function receiptCommand(invocation: Invocation): Command {
  return new Command("receipt")
    .description("show what a rollout did and measured; for a pull request, or for machines")
    .argument("[rollout]", "its id; the last one by default")
    .option("--stack <name>", "the stack; the selected one by default")
    .option("--markdown", "as Markdown, which is the default")
    .option("--json", "as one JSON object")
    .action(async (id: string | undefined, options: Options) => {
      const { stack, leases, leaseName } = await openSession(options, invocation);
      const lease = await leases.read(leaseName);
      const last = lease === undefined ? undefined : viewOf(lease).receipt;
      const known = [...(last === undefined ? [] : [JSON.parse(last) as Receipt]), ...readReceipts(stack.name)];
      const receipt = known.find(({ rollout }) => id === undefined || rollout === id);
      if (receipt === undefined) {
        const which = id === undefined ? "of any rollout" : `of rollout ${id}`;
        invocation.stderr.write(`error: there is no receipt ${which} of stack ${stack.name}\n`);
        invocation.exitCode = exitCodes.failed;
        return;
      }
      invocation.stdout.write(options.json ? `${JSON.stringify(receipt)}\n` : markdownOf(receipt));
    });
}
