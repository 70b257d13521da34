import { type Color, colors, otherColor } from "../../components/model/color";
import {
  declaredIn,
  declaredShares,
  type Live,
  type LiveService,
  liveShares,
  type Shares,
} from "../../components/model/live";
import { abortedOf, driftOf } from "../../components/model/transition";
import { type RecordedTraffic, type Stack } from "../stack";

/** Declared, recorded and live traffic of one service, side by side, in percent by color. */
export interface ServiceStatus {
  readonly service: string;
  /** Absent for a service that is deployed and no longer declared. */
  readonly declared?: Shares;
  /** What the last update left; absent when it did not know the service. */
  readonly recorded?: Shares;
  /** What the cluster's objects say now; absent when it was not read. */
  readonly live?: Shares;
  readonly endpoints?: Readonly<Record<Color, { readonly ready: number; readonly replicas: number }>>;
  /** Where they differ, in words. */
  readonly drift: readonly string[];
}

/** The status of every service that a stack declares, or that its last update left. */
export function compare(stack: Stack, live: Live): ServiceStatus[] {
  const { services } = stack.settings;
  return servicesOf(stack).map((name) => {
    const service = services.find((each) => each.name === name);
    const declared = service && declaredIn(service, stack.settings);
    const left = stack.recorded[name];
    const recorded = left && recordedShares(left);
    const now = live.known ? live.services.find((each) => each.name === name) : undefined;
    const aborted = service && now && abortedOf(now, stack.settings.traffic);
    const due = left === undefined ? ["it is not deployed yet: run pulumi up"] : updateDue(declared, recorded);
    return {
      service: name,
      ...(declared && { declared }),
      ...(recorded && { recorded }),
      ...(now && { live: liveShares(now), endpoints: now.environments }),
      drift: aborted === undefined ? [...due, ...(now ? liveDrift(now, recorded) : [])] : [aborted],
    };
  });
}

/** Names of the declared services, then of those that are only deployed. */
export function servicesOf({ settings, recorded }: Stack): string[] {
  return [...new Set([...settings.services.map(({ name }) => name), ...Object.keys(recorded)])];
}

/** The outputs do not say whom callers inside the cluster get, so that a service without a route has no record. */
function recordedShares({ active, canaryWeight }: RecordedTraffic): Shares | undefined {
  return active && declaredShares({ activeColor: active, canaryWeight }, true);
}

function updateDue(declared: Shares | undefined, recorded: Shares | undefined): string[] {
  if (declared === undefined) return ["it is deployed and no longer declared: the next pulumi up removes it"];
  if (recorded === undefined || same(declared, recorded)) return [];
  return [`declared is ${text(declared)}, and the last update left ${text(recorded)}: run pulumi up`];
}

function liveDrift(now: LiveService, recorded: Shares | undefined): string[] {
  const byHand = driftOf(now).map((line) => `edited by hand: ${line}`);
  const empty = withoutEndpoint(now);
  const live = liveShares(now);
  const unexplained = byHand.length + empty.length === 0 && recorded !== undefined && !same(live, recorded);
  const active = now.route?.active;
  const apart = active !== undefined && now.inside !== undefined && now.inside !== active;
  return [
    ...byHand,
    ...empty,
    ...(unexplained ? [`live is ${text(live)}, and the last update left ${text(recorded)}`] : []),
    ...(apart ? [`callers inside the cluster get ${now.inside}, those outside ${active}`] : []),
  ];
}

/** Colors that routes lead to and that cannot serve. The controllers pass over an empty canary, not over an empty main. */
function withoutEndpoint(now: LiveService): string[] {
  const live = liveShares(now);
  const canary = now.route?.canary;
  return colors
    .filter((color) => now.environments[color].ready === 0)
    .flatMap((color) => {
      if (live[color] > 0) return [`${color} gets ${live[color]} % of the requests and has no ready endpoint`];
      const skipped = canary?.color === color && canary.weight > 0;
      const other = otherColor(color);
      return skipped ? [`${color} has no ready endpoint for its ${canary.weight} %, so that ${other} gets them`] : [];
    });
}

function same(one: Shares, two: Shares): boolean {
  return colors.every((color) => Math.abs(one[color] - two[color]) < 0.5);
}

function text(shares: Shares): string {
  return colors.map((color) => `${color} ${shares[color]} %`).join(", ");
}
