import { type LiveRouter, type TrafficObject } from "../../components/live/router";
import { type Scale, scaleIn } from "../../components/model/capacity";
import { type Color } from "../../components/model/color";
import { type Live, type LiveEnvironment, type LiveService } from "../../components/model/live";
import { names } from "../../components/model/names";
import { type Settings, type WorkloadSettings } from "../../components/model/settings";
import { stagesOf, type Step } from "../../components/model/transition";

/** One object that an update writes, as far as Cyan reads it: `pulumi preview` shows every field. */
export interface Write {
  readonly service: string;
  /** Such as `Ingress shop-canary`. */
  readonly object: string;
  /** What it says now; empty when it is not there. */
  readonly from: string;
  readonly to: string;
}

/** Writes that do not wait for each other, or a wait between them. Each stage waits for the one before it. */
export interface Stage {
  readonly kind: Step["kind"];
  readonly writes: readonly Write[];
  /** How long a drain is. */
  readonly seconds?: number;
}

interface Args {
  readonly live: Live;
  readonly settings: Settings;
  readonly router: LiveRouter;
}

/** The stages of a transition with what each object is now, and is then. */
export function writesOf(steps: readonly Step[], args: Args): Stage[] {
  const stages = stagesOf(steps).map((stage): Stage => {
    const kind = stage[0]?.kind ?? "gate";
    const seconds = stage.flatMap((step) => (step.kind === "drain" ? [step.seconds] : []))[0];
    return { kind, writes: stage.flatMap((step) => writeOf(step, args)), ...(seconds !== undefined && { seconds }) };
  });
  return onceEach(stages).filter(({ kind, writes }) => kind === "gate" || kind === "drain" || writes.length > 0);
}

/** With some routers one object is both routes: it is written once, at the first of its steps. */
function onceEach(stages: readonly Stage[]): Stage[] {
  const all = stages.flatMap(({ writes }) => writes);
  const seen = new Set<string>();
  const joined = ({ object, service }: Write): Write[] => {
    if (seen.has(object)) return [];
    seen.add(object);
    const parts = all.filter((write) => write.object === object);
    const join = (texts: readonly string[]): string => [...new Set(texts.filter((text) => text !== ""))].join(", ");
    return [{ service, object, from: join(parts.map(({ from }) => from)), to: join(parts.map(({ to }) => to)) }];
  };
  return stages.map((stage) => ({ ...stage, writes: stage.writes.flatMap(joined) }));
}

/** Whether an object is already as it is declared. */
export function isDone({ from, to }: Write): boolean {
  return from === to;
}

function writeOf(step: Step, { live, settings, router }: Args): Write[] {
  if (step.kind === "gate" || step.kind === "drain") return [];
  const { service } = step;
  const now = live.known ? live.services.find(({ name }) => name === service) : undefined;
  const objects = router.trafficObjects(service);
  /** Where a router has no object for a part, its main one gives it. */
  const giving = (part: TrafficObject["gives"]): string => {
    const found = objects.find(({ gives }) => gives === part) ?? objects[0];
    return found === undefined ? "" : `${found.kind} ${found.name}`;
  };
  switch (step.kind) {
    case "grow":
    case "shrink":
      return [{ service, ...deploymentWrite(step.color, service, now?.environments[step.color], settings) }];
    case "main":
      return [{ service, object: giving("main"), from: mainNow(now), to: step.color }];
    case "canary":
      return [{ service, object: giving("canary"), from: canaryNow(now), to: share(step.color, step.weight) }];
    case "inside":
      return [{ service, object: giving("inside"), from: insideNow(now), to: step.color }];
  }
}

function deploymentWrite(color: Color, service: string, now: LiveEnvironment | undefined, settings: Settings) {
  const declared = settings.services.find(({ name }) => name === service);
  const object = `Deployment ${names.environment(service, color)}`;
  if (declared === undefined) return { object, from: "", to: "" };
  const workload = declared.workloads[color];
  const scale = scaleIn(declared, color, settings);
  return { object, from: now === undefined ? "" : deploymentNow(now, scale), to: deploymentThen(workload, scale) };
}

/** The number of an autoscaler at work is its own, from its least on: then the Deployment is as declared. */
function deploymentNow({ replicas, image }: LiveEnvironment, scale: Scale): string {
  if (image === undefined) return "";
  const scaled = scale.autoscaler && !scale.reduced && replicas >= scale.autoscaler.min;
  return `${scaled ? sizeOf(scale) : replicas} × ${image}`;
}

function deploymentThen(workload: WorkloadSettings, scale: Scale): string {
  return `${sizeOf(scale)} × ${workload.image}`;
}

function sizeOf({ replicas, reduced, autoscaler }: Scale): string {
  return autoscaler === undefined || reduced ? String(replicas) : `${autoscaler.min} to ${autoscaler.max}`;
}

function mainNow(now: LiveService | undefined): string {
  if (now?.route === undefined) return "";
  return now.route.active ?? "another Service";
}

function canaryNow(now: LiveService | undefined): string {
  const canary = now?.route?.canary;
  return canary === undefined ? "" : share(canary.color ?? "another Service", canary.weight);
}

function insideNow(now: LiveService | undefined): string {
  return now?.inside ?? (now?.foreign?.service === undefined ? "" : "other pods");
}

function share(to: string, weight: number): string {
  return `${to} ${Number(weight.toFixed(1))} %`;
}
