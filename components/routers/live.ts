import { type Ingress } from "../live/cluster";
import { type LiveRoute } from "../model/live";
import { type RouterKind } from "../model/settings";
import { liveRoute } from "./ingress-nginx/live";

/** Reads one service's route from the objects that a router declares. */
export type LiveRouteReader = (ingresses: readonly Ingress[], service: string) => LiveRoute | undefined;

/** The live half of every router, by the name that config calls it. */
export const liveRouters = {
  "ingress-nginx": liveRoute,
} as const satisfies Record<RouterKind, LiveRouteReader>;
