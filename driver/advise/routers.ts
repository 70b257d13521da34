import { type Capabilities, capabilities } from "../../components/model/routers";
import { type RouterKind, routerKinds } from "../../components/model/settings";
import { type Answers } from "./answers";

/** Routers that work with what leads requests now, the best first. Not each has to be there. */
const preferred = {
  none: ["replicas", "service"],
  "ingress-nginx": ["ingress-nginx"],
  traefik: ["traefik", "ingress-nginx", "gateway-api"],
  "gateway-api": ["gateway-api"],
  istio: ["istio", "gateway-api"],
  linkerd: ["linkerd", "gateway-api"],
  "argo-rollouts": ["argo-rollouts"],
  flagger: ["flagger"],
} as const satisfies Record<Answers["front"], readonly string[]>;

/** The router to use, and whether it is one for what leads requests now. */
export interface RouterChoice {
  readonly router: RouterKind;
  readonly fits: boolean;
}

/** The first router for what leads requests now that can do what is wanted of it; else the first that is for it at all. */
export function routerFor(front: Answers["front"], can: (capable: Capabilities) => boolean): RouterChoice {
  const known = preferred[front].flatMap((name) => routerKinds.filter((kind) => kind === name));
  const router = known.find((kind) => can(capabilities[kind])) ?? known[0];
  return router === undefined ? { router: "ingress-nginx", fits: false } : { router, fits: true };
}
