import { type CompletedConfig } from "./cross-problem";
import { type Problem } from "../model/problems";

/** What is allowed and most likely not meant. A problem that a warning tells has a path too. */
export function warningsOf(settings: CompletedConfig): Problem[] {
  return [...sameImageWarnings(settings), ...closedWarnings(settings), ...lastingWarnings(settings)];
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
