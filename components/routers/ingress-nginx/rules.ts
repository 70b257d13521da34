import { type Controller, type ControllerKind, isBefore, type Version } from "../../model/controller";
import { names } from "../../model/names";
import { type RouteSettings, type Settings } from "../../model/settings";
import { type PlainIngress, type Surroundings } from "./surroundings";

/** One routed service, and what stands around it. */
export interface Case {
  readonly name: string;
  readonly route: RouteSettings;
  readonly settings: Settings;
  readonly around: Surroundings;
}

/** Something that a controller does, and that is not what the config says. */
export interface Rule {
  /** Whether it sends requests where they do not belong as soon as the canary gets any; else it is only told. */
  readonly harmful: boolean;
  /** What does it; absent for both controllers. */
  readonly by?: { readonly kind: ControllerKind; readonly before?: Version };
  /** Whether it is told only of a controller that is known to do it: whatever stands around, it would be found. */
  readonly certain?: true;
  /** What is wrong and what would be right; undefined when nothing is. */
  readonly found: (each: Case) => string | undefined;
}

/**
 * What ingress-nginx and Traefik make of the same annotations. Weight totals under 100, header values that ingress-nginx
 * drops and patterns that RE2 does not know are refused already when the config is read, and a weight of 0 recalls the
 * users of a session on both.
 */
export const rules: readonly Rule[] = [
  {
    harmful: false,
    found: ({ route: { className }, settings, around: { classes } }) =>
      classes === undefined || classes[className] !== undefined || settings.install !== "none"
        ? undefined
        : `there is no IngressClass ${className}, so that no controller serves it; set ingress.className, or install`,
  },
  {
    harmful: true,
    found: ({ route: { className }, around: { classes = {} } }) =>
      otherControllers.includes(classes[className] ?? "")
        ? `IngressClass ${className} is of ${classes[className] ?? ""}, which reads no canary annotation and takes the canary ` +
          "for a second main Ingress; set ingress.className to a class of k8s.io/ingress-nginx"
        : undefined,
  },
  {
    harmful: true,
    by: { kind: "traefik", before: [3, 7, 0] },
    certain: true,
    found: () =>
      "Traefik before 3.7 reads no canary annotation, and takes the canary for a second main Ingress; upgrade it",
  },
  {
    harmful: true,
    found: ({ name, around }) => {
      const own = [names.environment(name, "blue"), names.environment(name, "green")];
      const sharing = foreign(around).find(({ places }) => places.some(({ service }) => own.includes(service)));
      const shared = sharing?.places.find(({ service }) => own.includes(service))?.service ?? "";
      return sharing === undefined
        ? undefined
        : `Ingress ${sharing.name} leads to Service ${shared} too, and would be split with it: controllers split by ` +
            "Service; give it a Service of its own";
    },
  },
  {
    harmful: true,
    found: ({ name, route, around }) => {
      // The router argo-rollouts gives way: its controller's canary goes with its Rollout.
      const left = `Rollout ${names.active(name)}`;
      const rivals = foreign(around).filter((each) => each.canary && each.owner !== left);
      const other = rivals.find(
        (each) => each.name !== names.canary(name) && each.places.some((place) => isSame(place, route)),
      );
      return other === undefined
        ? undefined
        : `Ingress ${other.name} is another canary at ${route.host}${route.path}, and the older one wins; delete it`;
    },
  },
  {
    harmful: false,
    found: ({ name, route, around }) => {
      const other = foreign(around).find(
        (each) => !each.canary && each.name !== names.active(name) && each.places.some((place) => isSame(place, route)),
      );
      return other === undefined
        ? undefined
        : `Ingress ${other.name} is at ${route.host}${route.path} too, and the older one gets the requests; delete it`;
    },
  },
  {
    harmful: true,
    by: { kind: "traefik", before: [3, 7, 10] },
    found: ({ route, settings: { canary }, around }) => {
      if (canary.header === undefined && canary.cookie === undefined) return undefined;
      const longer = foreign(around)
        .flatMap(({ name, places }) => places.map((place) => ({ name, ...place })))
        .find(
          ({ host, path }) => host === route.host && path.length > route.path.length && path.startsWith(route.path),
        );
      return longer === undefined
        ? undefined
        : `Traefik up to 3.7.9 takes requests for ${longer.host}${longer.path} (Ingress ${longer.name}) to the canary when ` +
            "they have its header or cookie; upgrade it, or use the weight alone";
    },
  },
  {
    harmful: false,
    by: { kind: "ingress-nginx" },
    found: ({ name, around }) => {
      const [main, canary] = [byName(around, names.active(name)), byName(around, names.canary(name))];
      return canary !== undefined && (main === undefined || main.createdAt > canary.createdAt)
        ? `Ingress ${canary.name} is older than Ingress ${names.active(name)}, which ingress-nginx answers with 404; delete ` +
            "it, and run pulumi up"
        : undefined;
    },
  },
];

/** Controllers that are known to read no canary annotation. */
const otherControllers = ["traefik.io/ingress-controller", "nginx.org/ingress-controller"];

function foreign({ ingresses }: Surroundings): readonly PlainIngress[] {
  return ingresses.filter(({ own }) => !own);
}

function byName({ ingresses }: Surroundings, wanted: string): PlainIngress | undefined {
  return ingresses.find(({ name }) => name === wanted);
}

/** A path matches by whole elements: `/api/` is the same place as `/api`. */
function isSame(place: { readonly host: string; readonly path: string }, route: RouteSettings): boolean {
  const bare = (path: string): string => path.replace(/(?<=.)\/+$/, "");
  return place.host === route.host && bare(place.path) === bare(route.path);
}

/** Whether a rule is about any of these controllers, and about nothing else: `maybe` where it cannot be told. */
export function concerns({ by }: Rule, controllers: readonly Controller[] | undefined): boolean | "maybe" {
  if (by === undefined) return true;
  if (controllers === undefined) return "maybe";
  const { kind, before } = by;
  const own = controllers.filter((each) => each.kind === kind);
  const affected = own.filter(
    ({ version }) => before === undefined || version === undefined || isBefore(version, before),
  );
  if (affected.length === 0) return false;
  const known = affected.every(({ version }) => before === undefined || version !== undefined);
  const sure = known && affected.length === controllers.length;
  return sure || "maybe";
}
