import * as pulumi from "@pulumi/pulumi";
import { overridden } from "./forced";
import { drainLeft } from "./gates/drain";
import { answersNow, gatesOf, passAll } from "./gates/gates";
import { type Gate } from "./gates/gate";
import { type Cluster, type KubernetesObject } from "./live/cluster";
import { type LiveRouter } from "./live/router";
import { type Live } from "./model/live";
import { routerAnnotation } from "./model/names";
import { type Settings } from "./model/settings";
import { planTransition, type Transition } from "./model/transition";

/** What the engine asks before it writes. A hook that throws leaves its object as it is, and ends the update. */
export interface Guards {
  /** Before any object that moves traffic. */
  readonly gate: pulumi.ResourceHook;
  /** Before the objects that say what a controller leads requests by: it has brought that about. */
  readonly arrival: pulumi.ResourceHook;
  /** Before the objects that say which router leads requests: the former one's go when they have said it. */
  readonly handover: pulumi.ResourceHook;
  /** Before the workloads of a color that lost its share. */
  readonly drain: pulumi.ResourceHook;
  /** What does not hold of what `gate.force` moves traffic by; absent without it. It is asked once, before any route moves. */
  readonly forced?: () => Promise<string | undefined>;
}

interface GuardArgs {
  readonly settings: Settings;
  readonly cluster: Promise<Cluster>;
  readonly readLive: () => Promise<Live>;
  readonly router: Pick<LiveRouter, "arrived">;
}

/** The guards of one update. The gates are asked once, for all services together, however many objects wait for them. */
export function guardsOf({ settings, cluster, readLive, router }: GuardArgs): Guards {
  const { gate, drain, services, traffic, readyTimeout } = settings;
  const gatesFor = async (live: Live): Promise<readonly Gate[]> =>
    gatesOf({ cluster: await cluster, settings, transition: planTransition(live, settings) });
  // Live traffic is read anew: the environments that serve have grown since the update began.
  const held = once(async () => passAll(await gatesFor(await readLive())));
  const forced = once(async () => {
    const live = await readLive();
    if (!live.known) return undefined;
    const lines = overridden(await answersNow(await gatesFor(live)));
    const what = lines.length === 0 ? "every gate holds" : "traffic moves although these gates do not hold";
    await pulumi.log.warn(
      [`gate.force is set: ${what}`, ...lines.map((line) => `  ${line}`), `  ${unforce}`].join("\n"),
    );
    // An update that moves nothing leaves what the one before it recorded.
    if (lines.length === 0) return live.services.find((service) => service.forced !== undefined)?.forced;
    return lines.join("; ");
  });
  const drained = once(async () => {
    const left = drainLeft(await readLive(), drain, new Date());
    if (left === 0) return;
    await pulumi.log.info(`draining: ${Math.ceil(left / 1000)} s until the color that lost its share may shrink`);
    await new Promise((resolve) => setTimeout(resolve, left));
  });
  const arrived = once(async () => {
    const all = services.map(({ name }) => name);
    await router.arrived?.(await cluster, all, traffic, readyTimeout);
  });
  const handedOver = once(async (from: string, to: string) => {
    await pulumi.log.info(`the router ${to} takes over: ${drain.seconds} s until the routes of ${from} go`);
    await new Promise((resolve) => setTimeout(resolve, drain.seconds * 1000));
  });
  return {
    gate: new pulumi.ResourceHook("cyan-gate", async () => {
      await (gate.force ? forced() : held());
    }),
    arrival: new pulumi.ResourceHook("cyan-arrival", arrived),
    handover: new pulumi.ResourceHook("cyan-handover", async ({ oldInputs, newInputs }) => {
      const [from, to] = [routerIn(oldInputs), routerIn(newInputs)];
      if (from !== undefined && to !== undefined && from !== to) await handedOver(from, to);
    }),
    drain: new pulumi.ResourceHook("cyan-drain", drained),
    ...(gate.force && { forced }),
  };
}

const unforce = "have them asked again with: pulumi config rm --path gate.force";

/** The router that an object says leads requests. */
function routerIn(inputs: unknown): string | undefined {
  return (inputs as KubernetesObject | undefined)?.metadata?.annotations?.[routerAnnotation];
}

/** The first call's result, for every call. */
function once<Args extends unknown[], T>(action: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
  let result: Promise<T> | undefined;
  return (...args) => (result ??= action(...args));
}

/**
 * Tells what is not as it was left, and refuses what must not be done.
 *
 * @throws pulumi.RunError with every refusal, or when the live traffic of an update could not be read.
 */
export function admit(transition: Transition): void {
  for (const drift of transition.drift) void pulumi.log.warn(`edited by hand: ${drift}; this update takes it back`);
  for (const adopted of transition.adopted) void pulumi.log.info(`adopts ${adopted}`);
  for (const warning of transition.warnings) void pulumi.log.warn(warning);
  if (transition.unknown !== undefined) {
    const text = `live traffic could not be read: ${transition.unknown}`;
    if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(`${text}; nothing was changed`);
    void pulumi.log.warn(`${text}; the preview takes the cluster for empty`);
  }
  if (transition.refusals.length > 0) {
    throw new pulumi.RunError(
      `refused, nothing was changed:\n${transition.refusals.map((each) => `  ${each}`).join("\n")}`,
    );
  }
}
