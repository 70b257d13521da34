import { type Color, otherColor } from "../../components/model/color";
import { type SecretReference } from "../../components/model/credential";
import { names } from "../../components/model/names";
import { type ClusterSettings } from "../../components/model/settings";
import { type Clock } from "../clock";
import { availability } from "./availability";
import { type MetricSpec } from "./metric-schema";
import { type MetricProvider, type Observation, type Outcome, type Reading, type Side, type Verdict } from "./model";
import { providerKinds } from "./providers/registry";
import { type Secret, resolveSecret, type SecretSources } from "../secret";
import { type AnalysisSpec, judgeOf, providerOf, type ProviderSpec } from "./spec";
import { fillIn, isPerService } from "./variables";

/** Which release is judged. */
export interface Subject {
  readonly namespace: string;
  readonly services: readonly string[];
  /** The color on trial, for the whole rollout: after a flip to it, it is still the one that is judged. */
  readonly canary: Color;
  readonly active: Color;
}

export interface AnalysisArgs {
  readonly spec: AnalysisSpec;
  readonly subject: Subject;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly secrets: SecretSources;
  /** Where Jobs run. */
  readonly cluster: ClusterSettings;
}

/** How one metric stands after a look. */
export interface MetricLook {
  readonly name: string;
  /** The service it is of; absent for one that is of all of them. */
  readonly service?: string;
  /** True when it is shown and does not count. */
  readonly dryRun: boolean;
  readonly verdict: Verdict;
}

/** How the release stands after a look at every metric. */
export interface Look {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly outcome: Outcome;
  /** One sentence, of the metric that decided. */
  readonly why: string;
  readonly metrics: readonly MetricLook[];
}

/** One metric of one service, with what was seen of it. */
interface Tracked {
  readonly metric: MetricSpec;
  readonly service?: string;
  readonly providerName: string;
  readonly level: number;
  readonly observations: Observation[];
  nextAt: number;
  pending?: Promise<void>;
}

/**
 * Judges a release while it gets requests.
 *
 *     const analysis = new Analysis(args);      // throws when a credential is missing
 *     await analysis.check(signal);             // before any traffic moves: what is wrong with the sources
 *     await analysis.look(signal);              // before any traffic moves: where counts start from
 *     analysis.beginStep();                     // after each move
 *     for await (const look of analysis.watch(signal)) …
 *
 * Evidence is kept from step to step: the declared chance of a false alarm is for the whole rollout.
 */
export class Analysis {
  private readonly providers: ReadonlyMap<string, MetricProvider>;
  private readonly tracked: readonly Tracked[];
  private readonly pausedUntil = new Map<string, number>();
  private readonly start: number;
  private began = Infinity;
  private stepStart = Infinity;

  /** Without the credentials, which the providers alone have. */
  private readonly args: Omit<AnalysisArgs, "secrets">;

  /** @throws AnalysisError with every credential that is missing. */
  constructor(args: AnalysisArgs) {
    const { spec, subject, clock, fetch, cluster } = args;
    this.args = { spec, subject, clock, fetch, cluster };
    this.start = args.clock.now();
    this.providers = createProviders(args);
    this.tracked = track(args);
  }

  /** What stands in the way of an analysis: sources that do not answer, or do not take our credentials. */
  async check(signal: AbortSignal): Promise<readonly string[]> {
    const checks = [...this.providers].map(async ([name, provider]) => {
      const problem = await provider.check(signal);
      return problem === undefined ? [] : [`providers.${name}: ${problem}`];
    });
    return (await Promise.all(checks)).flat();
  }

  /** Says that traffic is now at the next step: what a step has to see is counted from here. */
  beginStep(): void {
    this.stepStart = this.args.clock.now();
    this.began = Math.min(this.began, this.stepStart);
  }

  /** Reads every metric that is due, once, and judges. Rejects only when the signal fires. */
  async look(signal: AbortSignal): Promise<Look> {
    const at = this.args.clock.now();
    const awaited = this.tracked
      .filter((each) => each.nextAt <= at && each.pending === undefined)
      .flatMap((each) => {
        each.nextAt = at + (each.metric.interval ?? this.args.spec.interval).seconds * 1000;
        const reading = this.read(each, signal);
        if (!this.isSlow(each)) return [reading];
        each.pending = reading.catch(() => undefined).finally(() => delete each.pending);
        return [];
      });
    await Promise.all(awaited);
    signal.throwIfAborted();
    return this.lookOf(at);
  }

  /** Looks at once and then at every interval, until the signal fires or the caller breaks off. */
  async *watch(signal: AbortSignal): AsyncGenerator<Look, never> {
    for (;;) {
      yield await this.look(signal);
      await this.args.clock.sleep(this.args.spec.interval.seconds * 1000, signal);
    }
  }

  private isSlow({ providerName }: Tracked): boolean {
    const kind = this.args.spec.providers[providerName]?.kind;
    return kind !== undefined && providerKinds[kind].slow === true;
  }

  private async read(tracked: Tracked, signal: AbortSignal): Promise<void> {
    const queries = Object.entries(judgeOf(tracked.metric).queries(tracked.metric));
    const readings = await Promise.all(
      queries.map(async ([name, { query, of }]) => {
        const bySide = await Promise.all(
          of.map(async (side) => [side, await this.ask(tracked, query, side, signal)] as const),
        );
        return [name, Object.fromEntries(bySide)] as const;
      }),
    );
    tracked.observations.push({ at: this.args.clock.now(), readings: Object.fromEntries(readings) });
  }

  private async ask(tracked: Tracked, query: unknown, side: Side, signal: AbortSignal): Promise<Reading> {
    const { clock, subject } = this.args;
    const { metric, service = "", providerName } = tracked;
    const now = clock.now();
    const pause = (this.pausedUntil.get(providerName) ?? 0) - now;
    if (pause > 0) {
      const seconds = Math.ceil(pause / 1000);
      return {
        kind: "failure",
        why: `${providerName} is left alone for ${seconds} s, as it asked`,
        retryAfterSeconds: seconds,
      };
    }
    const length = "window" in metric ? metric.window.seconds * 1000 : now - this.start;
    const filled = fillIn(query, {
      service,
      color: subject[side],
      environment: names.environment(service, subject[side]),
      otherEnvironment: names.environment(service, otherColor(subject[side])),
      namespace: subject.namespace,
      window: `${Math.max(1, Math.round(length / 1000))}s`,
    });
    const window = { from: now - length, to: now };
    const provider = this.providers.get(providerName);
    if (provider === undefined) throw new Error(`no provider ${providerName}`);
    const reading = await provider.query(filled, { window, signal });
    if (reading.kind === "failure" && reading.retryAfterSeconds !== undefined) {
      this.pausedUntil.set(providerName, now + reading.retryAfterSeconds * 1000);
    }
    return reading;
  }

  private lookOf(at: number): Look {
    const metrics = this.tracked.map((each): MetricLook => {
      const { metric, service } = each;
      return {
        name: metric.name,
        ...(service !== undefined && { service }),
        dryRun: metric.dryRun,
        verdict: this.verdictOf(each),
      };
    });
    const counting = metrics.filter(({ dryRun }) => !dryRun);
    const deciding = byWeight.flatMap((outcome) => counting.filter(({ verdict }) => verdict.outcome === outcome))[0];
    if (deciding === undefined) return { at, outcome: "pass", why: "no metric counts", metrics };
    const name = deciding.service === undefined ? deciding.name : `${deciding.name} of ${deciding.service}`;
    return { at, outcome: deciding.verdict.outcome, why: `${name}: ${deciding.verdict.evidence.text}`, metrics };
  }

  private verdictOf({ metric, level, observations, providerName }: Tracked): Verdict {
    const { spec } = this.args;
    const judge = judgeOf(metric);
    const kind = spec.providers[providerName]?.kind ?? "web";
    const { began, stepStart } = this;
    const judged = judge.judge(observations, metric, { level, counts: providerKinds[kind].counts, began, stepStart });
    // What has been shown stays shown, whether or not the source answers now.
    if (judged.outcome === "fail") return judged;
    const missing = availability(observations, judge.needs, stepStart, {
      onNoData: metric.onNoData ?? spec.onNoData,
      noDataLimit: spec.noDataLimit.seconds * 1000,
      consecutiveErrorLimit: spec.consecutiveErrorLimit,
    });
    return missing ?? judged;
  }
}

/** The outcomes in the order in which they decide. */
const byWeight: readonly Outcome[] = ["fail", "inconclusive", "hold", "pass"];

/** An analysis that cannot begin: every reason, one a line. */
export class AnalysisError extends Error {
  override readonly name = "AnalysisError";

  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** The sources that the metrics ask, by name. */
function createProviders({ spec, ...args }: AnalysisArgs): Map<string, MetricProvider> {
  const problems: string[] = [];
  const used = new Set(spec.metrics.map((metric) => providerOf(metric, spec.providers)));
  const made = Object.entries(spec.providers)
    .filter(([name]) => used.has(name))
    .map(([name, provider]) => {
      const secrets: Record<string, Secret> = {};
      for (const [setting, reference] of referencesOf(provider)) {
        const value = resolveSecret(reference, args.secrets);
        if (typeof value === "string") problems.push(`providers.${name}.${setting}: ${value}`);
        else secrets[setting] = value;
      }
      const { fetch, clock, cluster, subject } = args;
      const common = { fetch, clock, cluster, namespace: subject.namespace, timeout: spec.timeout.seconds * 1000 };
      return [name, providerKinds[provider.kind].create(provider.settings, { ...common, secrets })] as const;
    });
  if (problems.length > 0) throw new AnalysisError(problems);
  return new Map(made);
}

function referencesOf({ settings }: ProviderSpec): [string, SecretReference][] {
  return Object.entries(settings).flatMap(([name, value]): [string, SecretReference][] => {
    if (typeof value !== "object" || value === null) return [];
    const [[kind, key] = []] = Object.entries(value as Record<string, unknown>);
    if (typeof key !== "string") return [];
    return kind === "env" ? [[name, { env: key }]] : kind === "config" ? [[name, { config: key }]] : [];
  });
}

/** Every metric for each service that it is of, with its part of the level. */
function track({ spec, subject }: AnalysisArgs): Tracked[] {
  const all = spec.metrics.flatMap((metric) => {
    const queries = Object.values(judgeOf(metric).queries(metric)).map(({ query }) => query);
    const services = queries.some(isPerService) ? subject.services : [undefined];
    return services.map((service) => ({ metric, service }));
  });
  const sequential = all.filter(({ metric }) => metric.judge === "proportion" || metric.judge === "quantile").length;
  return all.map(({ metric, service }) => ({
    metric,
    ...(service !== undefined && { service }),
    providerName: providerOf(metric, spec.providers) ?? "",
    // Bonferroni: all the metrics together raise a false alarm at most as often as declared.
    level: spec.level / Math.max(1, sequential),
    observations: [],
    nextAt: 0,
  }));
}
