import { podsIn } from "../model/capacity";
import { otherColor } from "../model/color";
import { podsForWeight, weightOfPods } from "../model/pod-split";
import { type Problem } from "../model/problems";
import { capabilitiesOf } from "../model/routers";
import { percent } from "../model/traffic";
import { type CompletedConfig } from "./cross-problem";

/** What is allowed and most likely not meant. A problem that a warning tells has a path too. */
export function warningsOf(settings: CompletedConfig): Problem[] {
  return [
    ...sameImageWarnings(settings),
    ...closedWarnings(settings),
    ...lastingWarnings(settings),
    ...(capabilitiesOf(settings).shareBy === "pods" ? [...ratioWarnings(settings), ...triedWarnings(settings)] : []),
  ];
}

function sameImageWarnings({ traffic: { canaryWeight }, services }: CompletedConfig): Problem[] {
  const same = services.filter(({ workloads }) => workloads.blue.image === workloads.green.image);
  return (canaryWeight > 0 ? same : []).map(({ name, workloads }) => ({
    path: `services.${name}`,
    message: `both colors run ${workloads.blue.image}; a canaryWeight of ${canaryWeight} tries nothing new`,
  }));
}

/** Ingress controllers have a namespace of their own as a rule. */
function closedWarnings({ networkPolicy, services }: CompletedConfig): Problem[] {
  const routed = services.some(({ route }) => route !== undefined);
  if (networkPolicy === undefined || networkPolicy.from.length > 0 || !routed) return [];
  const message = "is empty, and lets in no ingress controller but one in the release's own namespace";
  return [{ path: "networkPolicy.from", message }];
}

function lastingWarnings({ retainOnDelete, install }: CompletedConfig): Problem[] {
  const kept = "what is taken out of the config, or destroyed, stays in the cluster; keep it set only to leave";
  const retired = "ingress-nginx was retired in March 2026 and gets no fixes; traefik reads the same annotations";
  return [
    ...(retainOnDelete ? [{ path: "retainOnDelete", message: kept }] : []),
    ...(install === "ingress-nginx" ? [{ path: "install", message: retired }] : []),
  ];
}

/** A weight that the numbers of pods cannot give: what they give, and how many would. */
function ratioWarnings(settings: CompletedConfig): Problem[] {
  const { activeColor, canaryWeight } = settings.traffic;
  return settings.services.flatMap((service) => {
    const pods = {
      active: podsIn(service, activeColor, settings),
      idle: podsIn(service, otherColor(activeColor), settings),
    };
    const given = weightOfPods(pods);
    if (given === canaryWeight) return [];
    const off = percent(Math.abs(given - canaryWeight));
    const counts = `${pods.active} ${activeColor} and ${pods.idle} ${otherColor(activeColor)} pods`;
    const message =
      `canaryWeight ${canaryWeight} is given as ${given} %, by ${counts}, the nearest that they can: ${off} points off; ` +
      `with replicas ${podsForWeight(canaryWeight)} it is exact`;
    return [{ path: `services.${service.name}`, message }];
  });
}

/** Nothing keeps requests from a pod that is ready. */
function triedWarnings({ gate, router }: CompletedConfig): Problem[] {
  return (["http", "job"] as const)
    .filter((key) => gate[key] !== undefined)
    .map((key) => ({
      path: `gate.${key}`,
      message: `tries a color that has its share already: with the router ${router} a pod gets requests as soon as it is ready`,
    }));
}
