import { type SecretReference } from "../model/credential";
import { type CompletedConfig, type CrossProblem } from "./cross-problem";

/** A notification whose credential is none of the config's would never be sent. */
export function notifyProblems({ rollout, credentials }: CompletedConfig): CrossProblem[] {
  const known = Object.keys(credentials);
  const missing = (path: string, reference: SecretReference): CrossProblem[] => {
    if (!("config" in reference) || known.includes(reference.config)) return [];
    const there = known.length === 0 ? "" : `; there are ${known.join(", ")}`;
    const set = `pulumi config set --secret --path credentials.${reference.config}`;
    return [
      {
        path,
        message: `there is no credential ${reference.config}${there}; set it: ${set}`,
        reads: [path, "credentials"],
      },
    ];
  };
  return Object.entries(rollout.notify).flatMap(([name, target]) => [
    ...missing(`rollout.notify.${name}.url`, target.url),
    ...("secret" in target ? missing(`rollout.notify.${name}.secret`, target.secret) : []),
  ]);
}
