import { scaleIn, type SizeSettings } from "./capacity";
import { type Color, perColor } from "./color";
import { type Live, liveOf } from "./live";
import { capabilities } from "./routers";
import { type ServiceSettings } from "./settings";
import { serves } from "./traffic";

/** By color, the names of the services whose workloads are changed after the routes have moved. */
export type Last = Readonly<Record<Color, readonly string[]>>;

/**
 * Which workloads come after the routes. With weights that follows from the declared traffic alone: those of a color that
 * gets nothing. Where pods make the shares it is those that lose pods that serve, which has to be read from the cluster; a
 * color that the Service passes over until then serves nobody, and may lose pods at once. Where a controller keeps the pods,
 * it is those of the active color that another router left serving: what their Deployment has goes when the controller leads.
 */
export function lastIn(live: Live, settings: SizeSettings & { readonly services: readonly ServiceSettings[] }): Last {
  const { services, router, traffic } = settings;
  const { shareBy, pods } = capabilities[router];
  return perColor((color) => {
    const comesLast = (service: ServiceSettings): boolean => {
      const now = liveOf(live, service.name);
      if (pods === "controller") return color === traffic.activeColor && (now?.environments[color].deployed ?? 0) > 0;
      if (shareBy === "weight") return !serves(traffic, color);
      const passedOver = now?.inside !== undefined && now.inside !== color;
      return !passedOver && scaleIn(service, color, settings).replicas < (now?.environments[color].replicas ?? 0);
    };
    return services.filter(comesLast).map(({ name }) => name);
  });
}
