import { answersNow, gatesOf } from "../../components/gates/gates";
import { type GateArgs } from "../../components/gates/gate";
import { type Cluster } from "../../components/live/cluster";
import { findingsOf } from "../../components/live/findings";
import { readLive } from "../../components/live/read";
import { type Color, perColor } from "../../components/model/color";
import { withFindings } from "../../components/model/findings";
import { type Live } from "../../components/model/live";
import { type Need } from "../../components/model/needs";
import { planTransition, type Transition } from "../../components/model/transition";
import { liveRouters } from "../../components/routers/live";
import { type Stack } from "../stack";
import { type Report, type Verdict } from "./report";
import { isDone, writesOf } from "./writes";

/** What the next update of a stack would do to live traffic. It reads the cluster, and changes nothing. */
export async function planOf(stack: Stack, connecting: Promise<Cluster>): Promise<Report> {
  const { settings } = stack;
  const router = liveRouters[settings.router];
  const services = settings.services.map(({ name }) => name);
  const [live, findings] = await Promise.all([
    readLive(connecting, services, router),
    findingsOf(connecting, settings, liveRouters),
  ]);
  const transition = withFindings(planTransition(live, settings), findings);
  const stages = writesOf(transition.steps, { live, settings, router });
  const gates = live.known ? await gatesNow({ cluster: await connecting, settings, transition }) : [];
  const refused = transition.refusals.length > 0 || gates.some(({ state }) => state === "fails");
  const writes = stages.flatMap((stage) => stage.writes);
  return {
    stack: stack.name,
    verdict: verdictOf(live.known, refused, writes.every(isDone)),
    ...(!live.known && { unknown: live.why }),
    services: transition.services.map((service) => ({
      service: service.service,
      ...perColor((color) => ({
        before: service.before[color],
        after: service.after[color],
        ...readyOf(live, service.service, color),
        needed: needOf(transition, service.service, color)?.needed ?? 0,
      })),
    })),
    stages: stages.map((stage) => ({
      ...stage,
      writes: stage.writes.map((write) => ({ ...write, done: isDone(write) })),
    })),
    gates,
    refusals: [...transition.refusals],
    drift: [...transition.drift],
    adopted: [...transition.adopted],
    warnings: [...stack.warnings, ...transition.warnings, ...(settings.gate.force ? [forced] : [])],
  };
}

const forced = "gate.force is set: traffic moves whether or not the colors can take it";

function verdictOf(known: boolean, refused: boolean, done: boolean): Verdict {
  if (!known) return "unknown";
  if (refused) return "refused";
  return done ? "nothing" : "allowed";
}

function readyOf(live: Live, service: string, color: Color): { ready?: number } {
  if (!live.known) return {};
  return { ready: live.services.find(({ name }) => name === service)?.environments[color].ready ?? 0 };
}

function needOf({ needs }: Transition, service: string, color: Color): Need | undefined {
  return needs.find((need) => need.service === service && need.color === color);
}

async function gatesNow(args: GateArgs): Promise<Report["gates"]> {
  const answers = await answersNow(gatesOf(args));
  return answers.map(({ gate, state, lines }) => ({
    gate,
    state: args.settings.gate.force ? ("skipped" as const) : state,
    lines: [...lines],
  }));
}
