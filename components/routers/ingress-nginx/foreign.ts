import { isCyans, writtenAnnotations } from "../../live/foreign";
import { type ForeignRoute } from "../../model/foreign";
import { type Ingress } from "./ingress";

/** Where older objects name their class. */
const classAnnotation = "kubernetes.io/ingress.class";

/** A main Ingress as someone else made it; undefined for one of Cyan's. */
export function foreignRoute(main: Ingress, canary: Ingress | undefined): ForeignRoute | undefined {
  if (isCyans(main)) return undefined;
  const annotations = main.metadata?.annotations ?? {};
  const className = main.spec?.ingressClassName ?? annotations[classAnnotation];
  const places = (main.spec?.rules ?? []).flatMap(({ host = "", http }) =>
    (http?.paths ?? []).map(({ path = "/", pathType = "Prefix", backend }) => {
      return { host, path, pathType, ...(backend.service && { service: backend.service.name }) };
    }),
  );
  const tls = (main.spec?.tls ?? []).flatMap(({ hosts = [], secretName }) =>
    secretName === undefined ? [] : hosts.map((host) => [host, secretName] as const),
  );
  return {
    object: `Ingress ${main.metadata?.name ?? ""}`,
    places,
    ...(className !== undefined && { className }),
    tls: Object.fromEntries(tls),
    annotations: writtenAnnotations(main).filter((key) => key !== classAnnotation),
    ...(canary && !isCyans(canary) && { canary: `Ingress ${canary.metadata?.name ?? ""}` }),
  };
}
