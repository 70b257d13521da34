import { scaleIn } from "../../../components/model/capacity";
import { type Color, otherColor } from "../../../components/model/color";
import { type LiveService, liveShares } from "../../../components/model/live";
import { weightOfPods } from "../../../components/model/pod-split";
import { capabilities } from "../../../components/model/routers";
import { type Settings } from "../../../components/model/settings";
import { planTransition, stagesOf, type Step } from "../../../components/model/transition";

/** A cluster in plain data: what each service has, and what one `up` after another makes of it. */
export type State = readonly LiveService[];

/** What chance decides in one run. */
export interface Chance {
  /** The order of the writes of one stage, which do not wait for each other. */
  readonly shuffled: (stage: readonly Step[]) => readonly Step[];
  /** Whether the pods of a color that grows become ready; the engine does not wait for a Deployment that is unchanged. */
  readonly grows: (service: string, color: Color) => boolean;
}

export interface Run {
  /** The state before the first write, and after each. */
  readonly states: readonly State[];
  /** The state in which the gate was asked. */
  readonly gate: State;
  readonly refused: boolean;
}

/** One run from a state to its end, or to the gate that did not hold. */
export function run(start: State, declared: Settings, chance: Chance): Run {
  const states: State[] = [start];
  let gate = start;
  for (const stage of stagesOf(planTransition({ known: true, services: start }, declared).steps)) {
    for (const step of chance.shuffled(stage)) {
      const state = states.at(-1) ?? start;
      if (step.kind === "gate") {
        gate = state;
        if (!holds(state, declared)) return { states, gate, refused: true };
      }
      states.push(after(state, step, declared, chance));
    }
  }
  return { states, gate, refused: false };
}

/** What the gate says in a state, asked anew as the program does. */
function holds(state: State, declared: Settings): boolean {
  const { needs } = planTransition({ known: true, services: state }, declared);
  return needs.every(({ service, color, needed }) => {
    return (state.find(({ name }) => name === service)?.environments[color].ready ?? 0) >= needed;
  });
}

function after(state: State, step: Step, declared: Settings, chance: Chance): State {
  if (step.kind === "gate" || step.kind === "drain") return state;
  const byPods = capabilities[declared.router].shareBy === "pods";
  return state.map((service) => {
    if (service.name !== step.service) return service;
    const next = written(service, step, declared, chance);
    return byPods ? counted(next, step.kind === "main") : next;
  });
}

/** A service whose share is what its ready pods make of it; once its Service is written, that selects both colors. */
export function counted({ inside, ...service }: LiveService, widened: boolean): LiveService {
  const { route, environments } = service;
  const selected = widened ? undefined : inside;
  const active = selected ?? route?.active;
  if (active === undefined) return { ...service, ...(selected && { inside: selected }) };
  const color = otherColor(active);
  const pods = { active: environments[active].ready, idle: environments[color].ready };
  const weight = selected === undefined ? weightOfPods(pods) : 0;
  return {
    ...service,
    ...(selected && { inside: selected }),
    route: { ...route, active, canary: { color, weight, byPods: true } },
  };
}

function written(
  service: LiveService,
  step: Exclude<Step, { kind: "gate" | "drain" }>,
  declared: Settings,
  chance: Chance,
): LiveService {
  const { route } = service;
  switch (step.kind) {
    case "grow":
    case "shrink":
      return scaled(service, step.color, declared, chance);
    case "main":
      return { ...service, route: { ...route, active: step.color, recorded: declared.traffic } };
    case "canary":
      return { ...service, route: { ...route, canary: { color: step.color, weight: step.weight } } };
    case "inside":
      return { ...service, inside: step.color };
  }
}

/** An autoscaler that is at work keeps what it has; everything else gets the number that is declared. */
function scaled(service: LiveService, color: Color, declared: Settings, chance: Chance): LiveService {
  const settings = declared.services.find(({ name }) => name === service.name);
  if (settings === undefined) return service;
  const scale = scaleIn(settings, color, declared);
  const before = service.environments[color];
  const replicas = scale.autoscaler && !scale.reduced ? Math.max(before.replicas, scale.replicas) : scale.replicas;
  const ready = chance.grows(service.name, color) ? replicas : Math.min(before.ready, replicas);
  return { ...service, environments: { ...service.environments, [color]: { ...before, ready, replicas } } };
}

/**
 * Who is answered by nobody: `main` is a main route whose color has no endpoint, which ingress-nginx answers with 503 at
 * any weight; `inside` is callers inside the cluster.
 */
export function starving(state: State): string[] {
  return state.flatMap(({ name, route, inside, environments }) => [
    ...(route?.active !== undefined && environments[route.active].ready === 0 ? [`main of ${name}`] : []),
    ...(inside !== undefined && environments[inside].ready === 0 ? [`inside of ${name}`] : []),
  ]);
}

/** The part of a state that traffic goes by. */
export function trafficIn(state: State) {
  return state.map((service) => {
    const { name, route, inside } = service;
    return { name, active: route?.active, canary: route?.canary, inside, shares: liveShares(service) };
  });
}
