import { jsonReporter, type Reporter, textReporter } from "../../sandbox/report";
import { type Invocation } from "../invocation";

/** Progress goes to standard error, unless it is what was asked for: then to standard output, as JSON. */
export function reporterOf(invocation: Invocation, json: true | undefined): Reporter {
  if (json === undefined) return textReporter(invocation.stderr);
  return jsonReporter(
    (line) => invocation.stdout.write(line),
    () => new Date(),
  );
}
