import { type GateSettings, type HttpCheck, type HttpGateSettings, type JobGateSettings } from "../model/settings";
import { type RawConfig } from "./schema";

type RawGate = RawConfig["gate"];

/** Defaults of the gates; a Job's pod may use what a small service's may. */
const defaults = {
  minReady: 1,
  timeout: { seconds: 60 },
  force: false,
  check: { path: "/", status: 200 },
  http: { period: { seconds: 2 }, timeout: { seconds: 30 } },
  job: { timeout: { seconds: 300 }, backoff: 0, imagePullPolicy: "IfNotPresent" },
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
} as const;

/** The gates of a release of these services. */
export function completeGate(raw: RawGate, services: readonly string[]): GateSettings {
  const { minReady, timeout, force } = { ...defaults, ...raw };
  return {
    ...{ minReady, timeout, force },
    ...(raw.http && { http: completeHttp(raw.http, services) }),
    ...(raw.job && { job: completeJob(raw.job) }),
  };
}

/** What a service says of its own check, then what stands for all of them. */
function completeHttp(raw: NonNullable<RawGate["http"]>, services: readonly string[]): HttpGateSettings {
  const { services: own = {}, period, timeout, ...shared } = { ...defaults.http, ...raw };
  const checks = services.flatMap((service): [string, HttpCheck][] => {
    const check = own[service];
    return check === false ? [] : [[service, { ...defaults.check, ...shared, ...check }]];
  });
  return { checks: Object.fromEntries(checks), period, timeout };
}

function completeJob(raw: NonNullable<RawGate["job"]>): JobGateSettings {
  const { requests, limits } = defaults.resources;
  return {
    ...defaults.job,
    command: [],
    args: [],
    env: {},
    ...raw,
    resources: {
      requests: { ...requests, ...raw.resources?.requests },
      limits: { ...limits, ...raw.resources?.limits },
    },
  };
}
