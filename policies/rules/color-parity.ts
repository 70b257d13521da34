import { onRelease } from "./check";
import { type Rule } from "./rule";

interface Config {
  readonly fields: readonly string[];
}

const fields = ["containerPort", "probes", "resources", "terminationGrace", "preStop", "securityContext"];

export const colorParity: Rule = {
  name: "color-parity",
  description: "Both colors are equal where they must be: in ports, probes, resources and how they stop.",
  why: "A flip that also changes probes or limits is two changes at once, and a rollback is another one.",
  severity: "medium",
  remediationSteps:
    "Say the value once, in the service, for both colors. To change it, change both and leave traffic where it is.",
  configSchema: {
    properties: {
      fields: {
        type: "array",
        items: { type: "string" },
        default: fields,
        description: "Keys of a color that are compared.",
      },
    },
  },
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onRelease<Config>(function* ({ services }, { config }) {
    for (const { name, workloads } of services) {
      const [blue, green] = [workloads.blue, workloads.green] as unknown as Record<string, unknown>[];
      for (const field of config.fields) {
        for (const { path, one, other } of differences(blue?.[field], green?.[field], field)) {
          yield `services.${name}: ${path} is ${text(one)} in blue and ${text(other)} in green; make them equal`;
        }
      }
    }
  }),
};

interface Difference {
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

function* differences(one: unknown, other: unknown, path: string): Generator<Difference> {
  if (!isObject(one) || !isObject(other)) {
    if (one !== other) yield { path, one, other };
    return;
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    yield* differences(one[key], other[key], `${path}.${key}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
