import { colors } from "../../components/model/color";
import { parseDuration } from "../../components/model/duration";
import { onRelease } from "./check";
import { type Rule } from "./rule";

interface Config {
  readonly minPreStop: string;
  readonly minRequestTime: string;
}

const duration = { type: "string", pattern: "^(0|([0-9]+[smh])+)$" } as const;

export const drainTime: Rule = {
  name: "drain-time",
  description:
    "Pods serve on while their removal spreads, then have time to end requests; a color keeps its pods as long.",
  why: "A pod that ends before every proxy knows, or in the middle of a request, is an error to a user.",
  severity: "high",
  remediationSteps:
    "Set preStop to at least minPreStop, terminationGrace to preStop plus minRequestTime, drain to at least preStop.",
  configSchema: {
    properties: {
      minPreStop: { ...duration, default: "5s", description: "Shortest preStop." },
      minRequestTime: { ...duration, default: "10s", description: "What terminationGrace leaves after preStop." },
    },
  },
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: onRelease<Config>(function* ({ services, drain }, { config }) {
    const shortest = parseDuration(config.minPreStop)?.seconds ?? 0;
    const request = parseDuration(config.minRequestTime)?.seconds ?? 0;
    for (const { name, workloads } of services) {
      for (const color of colors) {
        const [preStop, grace] = [workloads[color].preStop.seconds, workloads[color].terminationGrace.seconds];
        const where = `services.${name}.${color}`;
        if (preStop < shortest) yield `${where}.preStop: is ${preStop}s; set at least ${shortest}s`;
        if (grace < preStop + request) {
          yield `${where}.terminationGrace: is ${grace}s, and preStop takes ${preStop}s of it; set at least ${preStop + request}s`;
        }
        if (drain.seconds < preStop)
          yield `drain: is ${drain.seconds}s, under the preStop of ${where}; set at least ${preStop}s`;
      }
    }
  }),
};
