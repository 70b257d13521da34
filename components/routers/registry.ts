import { type RouterKind } from "../model/settings";
import { argoRollouts } from "./argo-rollouts/declare";
import { awsAlb } from "./aws-alb/declare";
import { f5Nginx } from "./f5-nginx/declare";
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
  "f5-nginx": f5Nginx,
  "aws-alb": awsAlb,
  istio,
  linkerd,
  "argo-rollouts": argoRollouts,
} as const satisfies Record<RouterKind, Router>;
