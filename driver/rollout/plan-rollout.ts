import { otherColor } from "../../components/model/color";
import { type Duration, parseDuration } from "../../components/model/duration";
import { type Settings } from "../../components/model/settings";
import { UserError } from "../invocation";
import { type RolloutPlan, trafficBefore } from "./plan";
import { type RolloutState } from "./state";

/** What `cyan rollout` was told on its command line; each wins over the stack's config. */
export interface RolloutOptions {
  readonly to?: string;
  /** `SERVICE=IMAGE`. */
  readonly image?: readonly string[];
  /** Weights, with commas. */
  readonly steps?: string;
  readonly interval?: string;
  readonly analysis?: string;
  readonly autoPromote?: true;
  readonly approve?: true;
  readonly idleTimeout?: string;
  readonly onIdleTimeout?: string;
}

/**
 * The plan of a rollout, from the stack's config and the command line.
 *
 * @throws UserError for the first option that is wrong, with what would be right.
 */
export function planRollout(options: RolloutOptions, settings: Settings): RolloutPlan {
  const { traffic, rollout } = settings;
  const from = traffic.activeColor;
  const to = otherColor(from);
  if (options.to !== undefined && options.to !== to) {
    const known = options.to === from ? `${from} serves already; roll out to ${to}` : `write ${to}`;
    throw new UserError(`--to ${options.to}: ${known}`);
  }
  if (options.approve && options.autoPromote) throw new UserError("--approve and --auto-promote exclude each other");
  const weights = options.steps === undefined ? rollout.steps : parseSteps(options.steps);
  const analysis = options.analysis ?? rollout.analysis;
  const onIdle = choice("--on-idle-timeout", options.onIdleTimeout, ["wait", "abort"]) ?? rollout.onIdleTimeout;
  const idle = duration("--idle-timeout", options.idleTimeout) ?? rollout.idleTimeout;
  return {
    from,
    to,
    // Requests that the release has already are not taken from it by a first step that is lower.
    weights: weights.filter((weight) => weight >= traffic.canaryWeight),
    interval: (duration("--interval", options.interval) ?? rollout.interval).seconds,
    approve: options.approve ?? (options.autoPromote ? false : rollout.approve),
    ...(onIdle === "abort" && { idleTimeout: idle.seconds }),
    ...(analysis !== undefined && { analysis: analysis === "none" ? false : analysis }),
    images: (options.image ?? []).map((each) => imageOf(each, to, settings)),
  };
}

/**
 * Settings as they were before a rollout moved anything: what is asked for again, to go on with it, means the same as when it
 * began. Its flip has made its color the active one.
 */
export function settingsBefore(settings: Settings, begun: RolloutState | undefined): Settings {
  return begun === undefined ? settings : { ...settings, traffic: trafficBefore(begun.plan) };
}

function parseSteps(text: string): number[] {
  const steps = text === "" ? [] : text.split(",").map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : NaN));
  const rising = steps.every((step, index) => step >= 1 && step <= 99 && step > (steps[index - 1] ?? 0));
  if (!rising) throw new UserError(`--steps ${text}: write rising weights from 1 to 99, such as 5,20,50`);
  return steps;
}

function duration(option: string, text: string | undefined): Duration | undefined {
  if (text === undefined) return undefined;
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new UserError(`${option} ${text}: write a duration such as 30s, 5m or 1h`);
  return parsed;
}

/** The option's value, which has to be one of a few; undefined when it was not given. */
export function choice<T extends string>(
  option: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  const chosen = choices.find((each) => each === value);
  if (value !== undefined && chosen === undefined) {
    throw new UserError(`${option} ${value}: choose one of ${choices.join(", ")}`);
  }
  return chosen;
}

function imageOf(text: string, to: RolloutPlan["to"], settings: Settings): RolloutPlan["images"][number] {
  const [, service = "", image = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (image === "")
    throw new UserError(`--image ${text}: write SERVICE=IMAGE, such as shop=registry.example.com/shop:2`);
  const declared = settings.services.find(({ name }) => name === service);
  if (declared === undefined) {
    const known = settings.services.map(({ name }) => name).join(", ");
    throw new UserError(`--image ${text}: there is no service ${service}; there are ${known}`);
  }
  if (!/(:[^/]+|@sha256:[0-9a-f]{64})$/.test(image)) {
    throw new UserError(`--image ${text}: has no tag or digest; write name:tag or name@sha256:…`);
  }
  return { service, image, before: declared.workloads[to].image };
}
