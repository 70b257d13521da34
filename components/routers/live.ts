import { type LiveRouter } from "../live/router";
import { type RouterKind } from "../model/settings";
import { argoRollouts } from "./argo-rollouts/live";
import { awsAlb } from "./aws-alb/live";
import { f5Nginx } from "./f5-nginx/live";
import { gatewayApi } from "./gateway-api/live";
import { ingressNginx } from "./ingress-nginx/live";
import { istio } from "./istio/live";
import { linkerd } from "./linkerd/live";
import { replicas } from "./replicas/live";
import { service } from "./service/live";
import { traefik } from "./traefik/live";

/** The live half of every router, by the name that config calls it. */
export const liveRouters = {
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
} as const satisfies Record<RouterKind, LiveRouter>;
