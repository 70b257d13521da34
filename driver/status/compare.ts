import { type Color, colors, otherColor } from "../../components/model/color";
import { type Live, type LiveService, liveShares, type Shares } from "../../components/model/live";
import { shareOf, type Traffic } from "../../components/model/traffic";
import { type RecordedTraffic, type StackView } from "../stack";

/** Declared, recorded and live traffic of one service, side by side, in percent by color. */
export interface ServiceStatus {
  readonly service: string;
  readonly declared: Shares;
  /** What the last update left; absent for a service without a route. */
  readonly recorded?: Shares;
  /** What the cluster's objects say now; absent when it was not read. */
  readonly live?: Shares;
  readonly endpoints?: Readonly<Record<Color, { readonly ready: number; readonly replicas: number }>>;
  /** Where they differ, in words. */
  readonly drift: readonly string[];
}

/** The status of every service of a stack. */
export function compare(stack: StackView, live: Live): ServiceStatus[] {
  return Object.entries(stack.recorded).map(([service, recorded]) => {
    const now = live.known ? live.services.find(({ name }) => name === service) : undefined;
    const declared = sharesOf(stack.declared);
    const before = recorded.active === undefined ? undefined : sharesOf(trafficOf(recorded, recorded.active));
    return {
      service,
      declared,
      ...(before && { recorded: before }),
      ...(now && { live: liveShares(now), endpoints: now.environments }),
      drift: driftOf(declared, before, now),
    };
  });
}

function trafficOf({ canaryWeight }: RecordedTraffic, activeColor: Color): Traffic {
  return { activeColor, canaryWeight };
}

function sharesOf(traffic: Traffic): Shares {
  return { blue: shareOf(traffic, "blue"), green: shareOf(traffic, "green") };
}

function driftOf(declared: Shares, recorded: Shares | undefined, now: LiveService | undefined): string[] {
  const drift: string[] = [];
  if (recorded !== undefined && !same(declared, recorded)) {
    drift.push(`declared is ${text(declared)}, and the last update left ${text(recorded)}: run pulumi up`);
  }
  if (now === undefined) return drift;
  const live = liveShares(now);
  if (recorded !== undefined && !same(live, recorded)) {
    drift.push(
      `live is ${text(live)}, and the last update left ${text(recorded)}: it was edited by hand, or a color has no endpoint`,
    );
  }
  const active = now.route?.active ?? now.inside;
  for (const color of colors.filter((each) => live[each] > 0 && now.environments[each].ready === 0)) {
    drift.push(`${color} gets ${live[color]} % of the requests and has no ready endpoint`);
  }
  if (active !== undefined && now.inside !== undefined && now.inside !== active) {
    drift.push(`callers inside the cluster get ${now.inside}, those outside ${otherColor(now.inside)}`);
  }
  return drift;
}

function same(one: Shares, two: Shares): boolean {
  return colors.every((color) => Math.abs(one[color] - two[color]) < 0.5);
}

function text(shares: Shares): string {
  return colors.map((color) => `${color} ${shares[color]} %`).join(", ");
}
