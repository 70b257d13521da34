import { capabilities, capabilitiesOf, type Feature, lacking } from "../model/routers";
import { type ArgoRolloutsSettings, type RouterKind, type ServiceSettings } from "../model/settings";
import { type CompletedConfig, type CrossProblem } from "./cross-problem";
import { type RawConfig } from "./schema";

/** What the config asks of its router that the router cannot do. */
export function routerProblems(raw: RawConfig, settings: CompletedConfig): CrossProblem[] {
  const { router, traffic, services } = settings;
  const asked: [path: string, feature: Feature, asks: boolean][] = [
    ["ingress.host", "host", raw.ingress.host !== undefined],
    ["ingress.tls", "tls", raw.ingress.tls !== undefined],
    ["ingress.gateway", "gateway", raw.ingress.gateway !== undefined],
    ["previewHost", "host", Boolean(raw.previewHost)],
    ...Object.entries(raw.services).flatMap(([name, { ingress, previewHost }]): typeof asked => [
      [`services.${name}.ingress.host`, "host", ingress !== false && ingress?.host !== undefined],
      [`services.${name}.ingress.tls`, "tls", ingress !== false && ingress?.tls !== undefined],
      [`services.${name}.ingress.gateway`, "gateway", ingress !== false && ingress?.gateway !== undefined],
      [`services.${name}.previewHost`, "host", Boolean(previewHost)],
    ]),
    ...Object.entries(raw.services).flatMap(([name, { autoscaling, blue, green }]): typeof asked => [
      [`services.${name}.autoscaling`, "autoscaling", autoscaling !== undefined],
      [`services.${name}.blue.autoscaling`, "autoscaling", blue.autoscaling !== undefined],
      [`services.${name}.green.autoscaling`, "autoscaling", green.autoscaling !== undefined],
    ]),
    ["standby", "standby", typeof raw.standby === "number" && raw.standby > 0],
    ["gate.http", "trial", raw.gate.http !== undefined],
    ["gate.job", "trial", raw.gate.job !== undefined],
    ["argoRollouts.strategy", "strategy", raw.argoRollouts.strategy !== undefined],
    ["argoRollouts.routing", "strategy", raw.argoRollouts.routing !== undefined],
    ...argoAnalyses.map((key): (typeof asked)[number] => {
      return [`argoRollouts.${key}`, "analysis", raw.argoRollouts[key] !== undefined];
    }),
    ...sharedHosts(services).map((path): (typeof asked)[number] => [path, "sharedHost", true]),
    ["canaryWeight", "weight", traffic.canaryWeight > 0],
    ["canary.header", "header", raw.canary.header !== undefined],
    ["canary.headerPattern", "headerPattern", raw.canary.headerPattern !== undefined],
    ["canary.cookie", "cookie", raw.canary.cookie !== undefined],
    ["canary.mirror", "mirror", settings.canary.mirror > 0],
    ["canary.affinity", "affinity", raw.canary.affinity !== undefined],
  ];
  const lacks = asked.flatMap(([path, feature, asks]) => {
    const message = asks ? lacking(settings, feature) : undefined;
    return message === undefined ? [] : [{ path, message, reads: [path, "router"] }];
  });
  return [
    ...lacks,
    ...argoProblems(raw, settings),
    ...(capabilitiesOf(settings).gateway ? services.flatMap((each) => gatewayProblems(each, router)) : []),
  ];
}

const argoAnalyses = ["analysis", "prePromotionAnalysis", "postPromotionAnalysis", "analysisTemplates"] as const;

/** Versions that are exchanged as a whole share no requests, and those that share them are not exchanged. */
function argoProblems(raw: RawConfig, { router, traffic, argoRollouts }: CompletedConfig): CrossProblem[] {
  const path = "argoRollouts.strategy";
  if (!capabilities[router].strategy) return [];
  const asked: [key: string, wants: ArgoRolloutsSettings["strategy"], asks: boolean][] = [
    ["canaryWeight", "canary", traffic.canaryWeight > 0],
    ["canary.header", "canary", raw.canary.header !== undefined],
    ["canary.cookie", "canary", raw.canary.cookie !== undefined],
    ["argoRollouts.routing", "canary", argoRollouts.routing === "replicas"],
    ["argoRollouts.analysis", "canary", argoRollouts.analysis !== undefined],
    ["argoRollouts.prePromotionAnalysis", "blue-green", argoRollouts.prePromotionAnalysis !== undefined],
    ["argoRollouts.postPromotionAnalysis", "blue-green", argoRollouts.postPromotionAnalysis !== undefined],
  ];
  return asked.flatMap(([key, wants, asks]) => {
    if (!asks || wants === argoRollouts.strategy) return [];
    const message = `${path} ${strategySays[argoRollouts.strategy]}; leave it out, or set ${path} to ${wants}`;
    return [{ path: key, message, reads: [path, key, "router"] }];
  });
}

const strategySays = {
  canary: "canary gives the idle color a share, and judges it by argoRollouts.analysis",
  "blue-green": "blue-green gives the idle color no requests before the flip",
} as const satisfies Record<ArgoRolloutsSettings["strategy"], string>;

/** The paths of hosts that a service before has too. */
function sharedHosts(services: readonly ServiceSettings[]): string[] {
  const hosts = services.flatMap(({ name, route }) => {
    if (route === undefined) return [];
    const main = { host: route.host, path: `services.${name}.ingress.host` };
    const { previewHost } = route;
    return previewHost === undefined ? [main] : [main, { host: previewHost, path: `services.${name}.previewHost` }];
  });
  const first = new Map(hosts.toReversed().map(({ host, path }) => [host, path]));
  return hosts.filter(({ host, path }) => first.get(host) !== path).map(({ path }) => path);
}

/** A route that hangs on a Gateway has to name it. */
function gatewayProblems({ name, route }: ServiceSettings, router: RouterKind): CrossProblem[] {
  if (route === undefined || route.gateway !== undefined) return [];
  const path = `services.${name}.ingress.gateway`;
  const message = `is missing; the router ${router} wants the name of the Gateway that leads to the service, or its namespace/name`;
  return [{ path, message, reads: [path, "ingress.gateway", "router", `services.${name}.ingress`] }];
}

/** A port of the nodes is one Service's, and only where the Service has such ports. */
export function exposeProblems(services: readonly ServiceSettings[]): CrossProblem[] {
  const owners = new Map<number, string>();
  return services.flatMap(({ name, expose }): CrossProblem[] => {
    const path = `services.${name}.expose.nodePort`;
    const { nodePort, type } = expose;
    if (nodePort === undefined) return [];
    if (type === "ClusterIP") {
      const reads = [path, `services.${name}.expose.type`, "expose.type"];
      return [{ path, message: "needs expose.type, NodePort or LoadBalancer", reads }];
    }
    const other = owners.get(nodePort);
    owners.set(nodePort, path);
    if (other === undefined) return [];
    return [{ path, message: `${nodePort} is taken by ${other} already; choose another`, reads: [path, other] }];
  });
}
