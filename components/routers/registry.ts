import { type RouterKind } from "../model/settings";
import { ingressNginx } from "./ingress-nginx/declare";
import { type Router } from "./router";
import { service } from "./service/declare";

/** Every router, by the name that config calls it. */
export const routers = {
  "ingress-nginx": ingressNginx,
  service,
} as const satisfies Record<RouterKind, Router>;
