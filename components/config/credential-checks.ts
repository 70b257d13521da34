import { type SecretReference } from "../model/credential";
import { type CompletedConfig, type CrossProblem } from "./cross-problem";

/** What is to be shown to someone and is no credential of the config. */
export function credentialProblems({ rollout, credentials }: CompletedConfig): CrossProblem[] {
  const known = Object.keys(credentials);
  const there = known.length === 0 ? "" : `; there are ${known.join(", ")}`;
  return referencesOf(rollout).flatMap(([path, reference]) => {
    if (reference === undefined || !("config" in reference) || known.includes(reference.config)) return [];
    const set = `pulumi config set --secret --path credentials.${reference.config}`;
    const message = `there is no credential ${reference.config}${there}; set it: ${set}`;
    return [{ path, message, reads: [path, "credentials"] }];
  });
}

/** By the path that each stands at. */
function referencesOf({ notify, metrics }: CompletedConfig["rollout"]): [string, SecretReference | undefined][] {
  const { token, password } = metrics.pushgateway ?? {};
  return [
    ...Object.entries(notify).flatMap(([name, target]): [string, SecretReference | undefined][] => [
      [`rollout.notify.${name}.url`, target.url],
      [`rollout.notify.${name}.secret`, "secret" in target ? target.secret : undefined],
    ]),
    ["rollout.metrics.pushgateway.token", token],
    ["rollout.metrics.pushgateway.password", password],
  ];
}
