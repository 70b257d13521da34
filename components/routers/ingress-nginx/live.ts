import { type Change, type Cluster } from "../../live/cluster";
import { applyPatches, type LiveObjects, type LiveRouter, type Patch, readObjects } from "../../live/router";
import { type Color, colors, otherColor } from "../../model/color";
import { type LiveRoute } from "../../model/live";
import { names } from "../../model/names";
import { type Traffic } from "../../model/traffic";
import { insidePatch } from "../inside";
import { lastWrite, recordOf, trafficRecord } from "../record";
import { sessionCookie } from "../sessions";
import { annotationNames, scaledWeight, sessionsOfCanary } from "./annotations";
import { lint } from "./lint";
import { readSurroundings } from "./surroundings";
import { foreignRoute } from "./foreign";
import { type Ingress, ingressKind } from "./ingress";

/** Ingresses with the canary annotations of ingress-nginx. */
export const ingressNginx: LiveRouter = {
  kinds: [ingressKind],
  trafficObjects: (service) => [
    { kind: "Ingress", name: names.active(service), gives: "main" },
    { kind: "Ingress", name: names.canary(service), gives: "canary" },
    { kind: "Service", name: names.active(service), gives: "inside" },
  ],
  read,
  lint: async (cluster, settings) => lint(settings, await readSurroundings(cluster)),
  move,
};

function find(objects: LiveObjects, name: string): Ingress | undefined {
  return objects.of(ingressKind).find(({ metadata }) => metadata?.name === name);
}

function read(objects: LiveObjects, service: string): LiveRoute | undefined {
  const main = find(objects, names.active(service));
  if (main === undefined) return undefined;
  const canary = find(objects, names.canary(service));
  const active = colorOf(main, service);
  const recorded = recordOf(main);
  const foreign = foreignRoute(main, canary);
  const movedAt = lastWrite([main, ...(canary === undefined ? [] : [canary])]);
  return {
    ...(active && { active }),
    ...(canary && { canary: canaryOf(canary, service) }),
    ...(recorded && { recorded }),
    ...(foreign && { foreign }),
    ...(movedAt && { movedAt }),
  };
}

/** The color whose Service an Ingress leads to. */
function colorOf(ingress: Ingress, service: string): Color | undefined {
  const backend = ingress.spec?.rules?.[0]?.http?.paths[0]?.backend.service?.name;
  return colors.find((color) => names.environment(service, color) === backend);
}

function canaryOf(canary: Ingress, service: string): NonNullable<LiveRoute["canary"]> {
  const color = colorOf(canary, service);
  const weight = Number(canary.metadata?.annotations?.[annotationNames.weight] ?? 0);
  return { ...(color && { color }), weight: Math.min(100, Math.max(0, (100 * weight) / totalOf(canary))) };
}

function totalOf(canary: Ingress): number {
  return Math.max(100, Number(canary.metadata?.annotations?.[annotationNames.weightTotal] ?? 100));
}

/** In the order of an update: all main Ingresses, all canary Ingresses, then the Services inside the cluster. */
async function move(cluster: Cluster, services: readonly string[], traffic: Traffic): Promise<void> {
  const objects = await readObjects(cluster, [ingressKind]);
  const { activeColor } = traffic;
  const ingresses = (nameOf: (service: string) => string, change: (ingress: Ingress, service: string) => Change) =>
    services.flatMap((service): Patch[] => {
      const name = nameOf(service);
      const ingress = find(objects, name);
      return ingress === undefined ? [] : [{ service, kind: ingressKind, name, change: change(ingress, service) }];
    });
  const mains = ingresses(names.active, (main, service) => ({
    metadata: { annotations: { ...trafficRecord(traffic), ...sessionsAt(main, activeColor) } },
    spec: { rules: rulesTo(main, names.environment(service, activeColor)) },
  }));
  const canaries = ingresses(names.canary, (canary, service) => {
    const weight = String(scaledWeight(traffic.canaryWeight, totalOf(canary)));
    const annotations = { [annotationNames.weight]: weight, ...canarySessionsAt(canary, traffic.canaryWeight) };
    return {
      metadata: { annotations: { ...trafficRecord(traffic), ...annotations } },
      spec: { rules: rulesTo(canary, names.environment(service, otherColor(activeColor))) },
    };
  });
  const inside = services.flatMap((service) => insidePatch(objects.services, service, activeColor));
  await applyPatches(cluster, services, [mains, canaries, inside]);
}

/** The sessions of a main Ingress that has them, begun anew where its active color is another. */
function sessionsAt({ metadata }: Ingress, active: Color): Record<string, string> {
  const cookie = metadata?.annotations?.[annotationNames.sessionCookie];
  const name = annotationNames.sessionCookie;
  return cookie === undefined ? {} : { [name]: sessionCookie(cookie.replace(/-(blue|green)$/, ""), active) };
}

function canarySessionsAt({ metadata }: Ingress, canaryWeight: number): Record<string, string> {
  const name = annotationNames.sessionsOfCanary;
  return metadata?.annotations?.[name] === undefined ? {} : { [name]: sessionsOfCanary(canaryWeight) };
}

/** The rules of an Ingress, all of them leading to another Service. */
function rulesTo({ spec }: Ingress, service: string): object[] {
  return (spec?.rules ?? []).map((rule) => ({
    ...rule,
    http: {
      ...rule.http,
      paths: (rule.http?.paths ?? []).map((path) => ({
        ...path,
        backend: { ...path.backend, service: { ...path.backend.service, name: service } },
      })),
    },
  }));
}
