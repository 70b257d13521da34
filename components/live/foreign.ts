import { type Foreign, type ForeignService, type ForeignServing } from "../model/foreign";
import { colors } from "../model/color";
import { type LiveRoute } from "../model/live";
import { names } from "../model/names";
import { type KubernetesObject, type Service } from "./cluster";
import { readyEndpoints } from "./endpoints";
import { type LiveObjects, type LiveRouter } from "./router";

/** Whether Cyan made an object, by its label, or by the record of traffic where a hand took the label away. */
export function isCyans({ metadata }: KubernetesObject): boolean {
  return (
    metadata?.labels?.["app.kubernetes.io/managed-by"] === "cyan" ||
    metadata?.annotations?.["cyan.dev/active-color"] !== undefined
  );
}

/** Annotations that tools keep for themselves. */
const bookkeeping = /^(kubectl\.kubernetes\.io|meta\.helm\.sh|pulumi\.com|argocd\.argoproj\.io|cyan\.dev)\//;

/** Names of an object's annotations that were written for someone who reads them. */
export function writtenAnnotations({ metadata }: KubernetesObject): string[] {
  return Object.keys(metadata?.annotations ?? {}).filter((key) => !bookkeeping.test(key));
}

/** What the API server fills into a Service's spec by itself; a value means that only another one was set by someone. */
const filledIn: Readonly<Record<string, unknown>> = {
  ...{ selector: undefined, ports: undefined, type: undefined, clusterIP: undefined, clusterIPs: undefined },
  ...{ ipFamilies: undefined, ipFamilyPolicy: undefined, healthCheckNodePort: undefined },
  ...{ sessionAffinity: "None", externalTrafficPolicy: "Cluster", internalTrafficPolicy: "Cluster" },
  allocateLoadBalancerNodePorts: true,
};

function foreignService(name: string, service: Service): ForeignService {
  const fields = Object.entries(service.spec ?? {}).filter(
    ([key, value]) => !(key in filledIn) || (filledIn[key] !== undefined && filledIn[key] !== value),
  );
  return {
    object: `Service ${name}`,
    ports: service.spec?.ports?.map(({ port }) => port) ?? [],
    type: service.spec?.type ?? "ClusterIP",
    annotations: writtenAnnotations(service),
    fields: fields.map(([key]) => key),
  };
}

/** Whether Cyan made a Service: one that selects a color is Cyan's also when a hand took its label away. */
function isCyansService(service: Service): boolean {
  return isCyans(service) || service.spec?.selector?.["cyan.dev/color"] !== undefined;
}

/** What of the objects of `service` someone else made; undefined when that is nothing. */
export function foreignOf(
  service: string,
  route: LiveRoute | undefined,
  objects: LiveObjects,
  router: LiveRouter,
): Foreign | undefined {
  const { services, deployments } = objects;
  const active = services.find((each) => each.metadata?.name === names.active(service) && !isCyansService(each));
  const own = [...colors.map((color) => names.environment(service, color)), names.preview(service)];
  const taken = [
    ...deployments
      .filter((each) => !isCyans(each))
      .map(({ metadata }) => ["Deployment", metadata?.name ?? ""] as const),
    ...services
      .filter((each) => !isCyansService(each))
      .map(({ metadata }) => ["Service", metadata?.name ?? ""] as const),
  ].flatMap(([kind, name]) => (own.includes(name) ? [`${kind} ${name}`] : []));
  // What a router cannot say of a route that is not Cyan's is not adopted.
  if (route?.foreign === undefined) taken.push(...foreignRouting(service, objects, router));
  // A route of Cyan's that a hand led elsewhere is drift, and not someone else's.
  const leadsTo = route === undefined ? active?.metadata?.name : route.foreign?.places[0]?.service;
  const serving = leadsTo === undefined ? undefined : servingOf(service, leadsTo, objects);
  if (active === undefined && serving === undefined && taken.length === 0) return undefined;
  return {
    ...(active && { service: foreignService(names.active(service), active) }),
    ...(serving && { serving }),
    taken,
  };
}

function foreignRouting(service: string, objects: LiveObjects, router: LiveRouter): string[] {
  const named = router.trafficObjects(service);
  return router.kinds.flatMap((kind) =>
    objects
      .of(kind)
      .filter(
        (each) => named.some((one) => one.kind === kind.kind && one.name === each.metadata?.name) && !isCyans(each),
      )
      .map(({ metadata }) => `${kind.kind} ${metadata?.name ?? ""}`),
  );
}

function servingOf(service: string, name: string, objects: LiveObjects): ForeignServing | undefined {
  const { services, deployments, slices } = objects;
  const found = services.find((each) => each.metadata?.name === name);
  if (found !== undefined && isCyansService(found)) return undefined;
  const selector = found?.spec?.selector ?? {};
  const selected = deployments.filter(({ spec }) => matches(selector, spec?.template.metadata?.labels ?? {}));
  const podOf = (color: string) => ({
    "app.kubernetes.io/name": service,
    "app.kubernetes.io/managed-by": "cyan",
    "cyan.dev/color": color,
  });
  return {
    service: name,
    ready: readyEndpoints(slices, name),
    deployments: selected.filter((each) => !isCyans(each)).map(({ metadata }) => metadata?.name ?? ""),
    selectsColors: colors.some((color) => matches(selector, podOf(color))),
  };
}

/** Whether a selector selects what has these labels; one that is empty selects nothing. */
function matches(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
