import { parseSettings } from "../../components/config/settings";
import { type Live, type LiveService } from "../../components/model/live";
import { type Settings } from "../../components/model/settings";

/** A config in which every value is right: tests change one thing of it. */
export const goodConfig = {
  namespace: "shop",
  previewHost: "preview.shop.example.com",
  ingress: { host: "shop.example.com" },
  services: {
    shop: { port: 80, containerPort: 8080, blue: { image: "registry/shop:1" }, green: { image: "registry/shop:2" } },
  },
};

/** The service of `goodConfig` at rest, as a cluster has it: blue is active, both colors have their two replicas. */
export const restingShop: LiveService = {
  name: "shop",
  route: {
    active: "blue",
    canary: { color: "green", weight: 0 },
    recorded: { activeColor: "blue", canaryWeight: 0 },
  },
  inside: "blue",
  environments: {
    blue: { ready: 2, replicas: 2, image: "registry/shop:1" },
    green: { ready: 2, replicas: 2, image: "registry/shop:2" },
  },
};

/** A cluster that has nothing but one service. */
export function liveWith(service: LiveService): Live {
  return { known: true, services: [service] };
}

/** What every object of the service `shop` is labelled with. */
export const shopLabels = { "app.kubernetes.io/name": "shop", "app.kubernetes.io/managed-by": "cyan" };
/** How the engine is told to write an object that traffic goes by. */
export const trafficObject = { "pulumi.com/patchForce": "true", "pulumi.com/skipAwait": "true" };

/** The metadata of an object called `shop` that leads requests, and has the record of the traffic that it gives. */
export function ledMetadata(activeColor: string, canaryWeight: number, more: Readonly<Record<string, string>> = {}) {
  const record = { "cyan.dev/active-color": activeColor, "cyan.dev/canary-weight": String(canaryWeight) };
  return { name: "shop", namespace: "shop", labels: shopLabels, annotations: { ...record, ...more, ...trafficObject } };
}

/** The settings of a config that has to be right. */
export function settingsOf(config: Readonly<Record<string, unknown>>): Settings {
  const parsed = parseSettings(config);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}
