import { adoptionOf, namespaceRefusals } from "./adoption";
import { lastIn } from "./arrangement";
import { leastOf, scaleIn } from "./capacity";
import { type Color, colors, otherColor } from "./color";
import { declaredIn, type Live, type LiveService, liveOf, liveShares, noShares, servingNow, type Shares } from "./live";
import { entriesOf, type Entry, movesPods, type Need, needsOf } from "./needs";
import { capabilities, capabilitiesOf, isSplit } from "./routers";
import { type ServiceSettings, type Settings } from "./settings";
import { isSame, type Traffic } from "./traffic";

/** What one `pulumi up` will do to live traffic. */
export interface Transition {
  /** Why live traffic could not be read; absent when it was. */
  readonly unknown?: string;
  readonly services: readonly ServiceTransition[];
  /** The writes, in their order; those of one stage do not wait for each other. */
  readonly steps: readonly Step[];
  /** What gates ask for before the first route moves. */
  readonly needs: readonly Need[];
  /** The colors that gates with a request or a Job of their own try before that. */
  readonly entries: readonly Entry[];
  /** Why it must not be done; empty when it may. */
  readonly refusals: readonly string[];
  /** What was edited by hand since the last update. */
  readonly drift: readonly string[];
  /** Live objects that someone else made and that this takes over, with what served until then. */
  readonly adopted: readonly string[];
  /** What is allowed, and worth a thought before traffic moves. */
  readonly warnings: readonly string[];
}

/** Percent of requests by color, before and after. */
export interface ServiceTransition {
  readonly service: string;
  readonly before: Shares;
  readonly after: Shares;
  /** Whether its requests are to go elsewhere; a share that pods make also differs while one of them is not ready. */
  readonly moves: boolean;
}

/** One write to the cluster, or a wait between writes. */
export type Step =
  | { readonly kind: "grow" | "shrink"; readonly service: string; readonly color: Color; readonly replicas: number }
  | { readonly kind: "gate" }
  | { readonly kind: "main" | "inside"; readonly service: string; readonly color: Color }
  | { readonly kind: "canary"; readonly service: string; readonly color: Color; readonly weight: number }
  | { readonly kind: "drain"; readonly seconds: number };

/**
 * Decides a transition from what is live to what is declared. Pure: it reads no cluster, and changes nothing.
 *
 * The order does not depend on what is live (docs/adr/0003): a run that was interrupted anywhere is followed by one that
 * goes through the same steps, and finds some of them done.
 */
export function planTransition(live: Live, settings: Settings): Transition {
  const found = settings.services.map((service) => ({ service, live: liveOf(live, service.name) }));
  const services = found.map(({ service, live: now }) => serviceTransition(service, now, settings));
  const known = found.flatMap(({ service, live: now }) => (now === undefined ? [] : [{ service, live: now }]));
  const adoptions = known.map(({ service, live: now }) => adoptionOf(service, now, settings.adopt));
  return {
    ...(!live.known && { unknown: live.why }),
    services,
    steps: stepsOf(live, settings),
    needs: found.flatMap(({ service, live: now }) => needsOf(service, now, settings)),
    entries: found.flatMap(({ service, live: now }) => entriesOf(service, now, settings)),
    refusals: [
      ...namespaceRefusals(live, settings),
      ...adoptions.flatMap(({ refusals }) => refusals),
      ...known.flatMap(({ service, live: now }) => refusalsOf(service, now, settings)),
    ],
    drift: known.flatMap(({ service, live: now }) => driftOf(now).map((line) => `${service.name}: ${line}`)),
    adopted: adoptions.flatMap(({ adopted }) => adopted),
    warnings: [
      ...adoptions.flatMap(({ warnings }) => warnings),
      ...known.flatMap(({ service, live: now }) => warningsOf(service, now, settings)),
    ],
  };
}

function serviceTransition(
  service: ServiceSettings,
  live: LiveService | undefined,
  settings: Settings,
): ServiceTransition {
  const before = live === undefined ? noShares : liveShares(live);
  const after = declaredIn(service, settings);
  const differ = colors.some((color) => before[color] !== after[color]);
  const byPods = live !== undefined && capabilitiesOf(settings).shareBy === "pods";
  return { service: service.name, before, after, moves: byPods ? movesPods(service, live, settings) : differ };
}

/** Whether any service's requests are to go elsewhere. */
export function movesTraffic(transition: Transition): boolean {
  return transition.services.some(({ moves }) => moves);
}

/** Steps that do not wait for each other, in the order of their stages: neighbours of one kind. */
export function stagesOf(steps: readonly Step[]): Step[][] {
  return steps.reduce<Step[][]>((stages, step) => {
    const last = stages.at(-1);
    if (last?.[0]?.kind === step.kind) last.push(step);
    else stages.push([step]);
    return stages;
  }, []);
}

function stepsOf(live: Live, settings: Settings): Step[] {
  const { services, traffic, drain } = settings;
  const { shareBy, pods } = capabilitiesOf(settings);
  const byPods = shareBy === "pods";
  const idle = otherColor(traffic.activeColor);
  const routed = services.filter((service) => isSplit(settings, service));
  const last = lastIn(live, settings);
  // What a controller makes of the pods is its own to time.
  const own = pods === "deployment" ? services : [];
  const sized = (kind: "grow" | "shrink"): Step[] =>
    colors.flatMap((color) =>
      own
        .filter(({ name }) => last[color].includes(name) === (kind === "shrink"))
        .map((service) => {
          const replicas = leastOf(scaleIn(service, color, settings));
          return { kind, service: service.name, color, replicas };
        }),
    );
  const shrinking = sized("shrink");
  return [
    ...sized("grow"),
    { kind: "gate" },
    ...routed.map(({ name }): Step => ({ kind: "main", service: name, color: traffic.activeColor })),
    ...routed.map((service): Step => {
      return { kind: "canary", service: service.name, color: idle, weight: declaredIn(service, settings)[idle] };
    }),
    // Where pods make the shares, callers inside and outside go by the same Service.
    ...(byPods ? [] : services).map(({ name }): Step => ({
      kind: "inside",
      service: name,
      color: traffic.activeColor,
    })),
    // A pod that is taken away ends by its own drain.
    ...(shrinking.length > 0 && !byPods ? [{ kind: "drain" as const, seconds: drain.seconds }] : []),
    ...shrinking,
  ];
}

function warningsOf(service: ServiceSettings, live: LiveService, { traffic }: Settings): string[] {
  const aborted = abortedOf(live, traffic);
  return [...slowWarnings(service, live, traffic), ...(aborted === undefined ? [] : [`${service.name}: ${aborted}`])];
}

/** What is said of a traffic that a controller has given up bringing about; undefined when another one is declared. */
export function abortedOf({ route }: LiveService, declared: Traffic): string | undefined {
  return isSame(route?.aborted?.traffic, declared) ? route?.aborted?.says : undefined;
}

/** A flip at once to an autoscaled color that begins with fewer pods than serve now: its autoscaler has to catch up. */
function slowWarnings({ name, workloads }: ServiceSettings, live: LiveService, traffic: Traffic): string[] {
  const next = traffic.activeColor;
  const least = workloads[next].autoscaling?.minReplicas;
  const now = servingNow(live);
  if (live.route === undefined || live.route.active === next || least === undefined || least >= now) return [];
  const ready = live.environments[next].ready;
  if (ready >= now) return [];
  return [
    `${name}: ${now} pods serve, and ${next} begins with ${Math.max(least, ready)}; move by a few weights first, ` +
      `or raise services.${name}.${next}.autoscaling.minReplicas`,
  ];
}

function refusalsOf(service: ServiceSettings, live: LiveService, settings: Settings): string[] {
  return [...imageRefusals(service, live, settings), ...weightRefusals(service, live, settings)];
}

/** A controller that keeps the pods makes one color whole before it gives the other a share. */
function weightRefusals({ name }: ServiceSettings, live: LiveService, { router, traffic }: Settings): string[] {
  const { activeColor, canaryWeight } = traffic;
  if (capabilities[router].pods === "deployment" || canaryWeight === 0 || live.route?.active === activeColor) return [];
  const now = live.route === undefined ? "is not led by it yet" : `is at ${live.route.active ?? "neither color"}`;
  return [
    `canaryWeight: with the router ${router} the idle color gets a share when ${activeColor} has all requests, and ${name} ` +
      `${now}; set canaryWeight to 0, and to ${canaryWeight} in another update`,
  ];
}

/** A new image for the color that users are on is a release without a canary: it has to be asked for. */
function imageRefusals({ name, workloads }: ServiceSettings, live: LiveService, settings: Settings): string[] {
  const active = settings.traffic.activeColor;
  const { image } = live.environments[active];
  const declared = workloads[active].image;
  const stays = live.route === undefined ? live.inside === active : live.route.active === active;
  if (!stays || image === undefined || image === declared || settings.allowActiveChange) return [];
  return [
    `services.${name}.${active}.image: ${active} serves ${image}, and would be changed to ${declared} under its users; ` +
      `give the image to ${otherColor(active)} and move to it, or set allowActiveChange to true`,
  ];
}

/** What differs between the live objects and what the last update recorded on them: someone edited them by hand. */
export function driftOf({ route }: LiveService): string[] {
  if (route?.recorded === undefined) return [];
  const { active, canary, recorded } = route;
  const drift: string[] = [];
  if (active !== recorded.activeColor) {
    drift.push(`the main route leads to ${active ?? "neither color"}, ${recorded.activeColor} was recorded`);
  }
  if (canary === undefined) drift.push("the canary route is gone");
  else if (!canary.byPods && Math.round(canary.weight) !== recorded.canaryWeight) {
    drift.push(`the canary's weight is ${canary.weight}, ${recorded.canaryWeight} was recorded`);
  }
  return drift;
}
