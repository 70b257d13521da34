import { type KubernetesObject, serviceKind } from "../live/cluster";
import { type Patch } from "../live/router";
import { type Color } from "../model/color";
import { names } from "../model/names";

/** Makes the Service for callers inside the cluster select `color`; nothing where there is no such Service. */
export function insidePatch(services: readonly KubernetesObject[], service: string, color: Color): Patch[] {
  const name = names.active(service);
  if (!services.some(({ metadata }) => metadata?.name === name)) return [];
  return [{ service, kind: serviceKind, name, change: { spec: { selector: { "cyan.dev/color": color } } } }];
}
