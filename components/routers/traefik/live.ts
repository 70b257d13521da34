import { names } from "../../model/names";
import { weightedRouter } from "../weighted";
import { ingressRouteKind, splitOf, traefikServiceKind, withWeights } from "./objects";

/** Weighted TraefikServices behind IngressRoutes. */
export const traefik = weightedRouter({
  kind: traefikServiceKind,
  followers: [
    { kind: traefikServiceKind, name: names.mirror },
    { kind: ingressRouteKind, name: names.active },
  ],
  backends: splitOf,
  weighted: withWeights,
});
