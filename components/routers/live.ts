import { type LiveRouter } from "../live/router";
import { type RouterKind } from "../model/settings";
import { gatewayApi } from "./gateway-api/live";
import { ingressNginx } from "./ingress-nginx/live";
import { service } from "./service/live";

/** The live half of every router, by the name that config calls it. */
export const liveRouters = {
  "ingress-nginx": ingressNginx,
  service,
  "gateway-api": gatewayApi,
} as const satisfies Record<RouterKind, LiveRouter>;
