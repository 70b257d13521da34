import { type RouterKind } from "../model/settings";
import { gatewayApi } from "./gateway-api/declare";
import { ingressNginx } from "./ingress-nginx/declare";
import { istio } from "./istio/declare";
import { linkerd } from "./linkerd/declare";
import { replicas } from "./replicas/declare";
import { type Router } from "./router";
import { service } from "./service/declare";
import { traefik } from "./traefik/declare";

/** Every router, by the name that config calls it. */
export const routers = {
  "ingress-nginx": ingressNginx,
  service,
  replicas,
  "gateway-api": gatewayApi,
  traefik,
  istio,
  linkerd,
} as const satisfies Record<RouterKind, Router>;
