import { colors } from "../../components/model/color";
import { onRelease } from "./check";
import { type Rule } from "./rule";

interface Config {
  readonly names: string;
}

/** Values that are credentials whatever their variable is called. */
const credentials = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36}/,
  /\bxox[abpr]-[A-Za-z0-9-]{10,}/,
  /\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/,
  /:\/\/[^/\s:@]+:[^/\s:@]+@/,
];

export const plainSecrets: Rule = {
  name: "plain-secrets",
  description: "No environment variable holds a credential in plain text.",
  why: "A plain value stands in the stack's file, in its state, and in every log of a diff.",
  severity: "critical",
  framework: {
    name: "CIS Kubernetes Benchmark",
    version: "1.10",
    reference: "5.4.1",
    specification: "Prefer using secrets as files over secrets as environment variables",
  },
  remediationSteps:
    "pulumi config set --secret --path secrets.NAME.env.KEY …, and replace the credential: it has been seen.",
  configSchema: {
    properties: {
      names: {
        type: "string",
        default: "(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$",
        description: "Pattern of the names of variables that hold credentials; case does not matter.",
      },
    },
  },
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onRelease<Config>(function* ({ services }, { config }) {
    // What is told in secret is no input of a release: it stands in Secrets of its own.
    const names = new RegExp(config.names, "i");
    for (const { name, workloads } of services) {
      for (const color of colors) {
        for (const [variable, value] of Object.entries(workloads[color].env)) {
          const named = names.test(variable) && value !== "";
          if (!named && !credentials.some((pattern) => pattern.test(value))) continue;
          // The value is never repeated: a violation is shown in logs and comments.
          yield `services.${name}.${color}.env.${variable}: looks like a credential in plain text; tell it in secret, as secrets.${name}.env.${variable}`;
        }
      }
    }
  }),
};
