import { Namespace } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { Environment, type EnvironmentArgs } from "./environment";
import { recordForced } from "./forced";
import { type Guards } from "./guards";
import { objectLabels } from "./kubernetes/labels";
import { type Last, lastIn } from "./model/arrangement";
import { scaleIn } from "./model/capacity";
import { type Color, colors, perColor } from "./model/color";
import { type Live } from "./model/live";
import { type ReleaseArgs } from "./model/release-args";
import { type Settings } from "./model/settings";
import { capabilitiesOf } from "./model/routers";
import { planTransition } from "./model/transition";
import { servedImages, transitionInputs } from "./model/transition-inputs";
import { openly } from "./openly";
import { routers } from "./routers/registry";
import { type ServedTraffic } from "./routers/router";

/** What a release is declared from: a part of the stack's settings, and what they change of what is live. */
export function releaseArgs(settings: Settings, live: Live = nothingLive): ReleaseArgs {
  const { traffic, router, namespace, createNamespace, services, canary, standby } = settings;
  const { readyTimeout, drain, argoRollouts, secrets, secretServices, networkPolicy } = settings;
  const { minReady, timeout, force } = settings.gate;
  return {
    ...{ traffic, router, namespace, createNamespace, services, canary, standby, readyTimeout, drain, argoRollouts },
    gate: { minReady, timeout, force },
    ...{ secrets, secretServices, ...(networkPolicy && { networkPolicy }) },
    transition: transitionInputs(live, settings, planTransition(live, settings)),
    served: servedImages(live, settings),
  };
}

const nothingLive: Live = { known: true, services: [] };

/** In what order a release's objects are changed, and what they wait for besides each other. */
export interface ReleaseOrder {
  /** What every route waits for, such as an ingress controller that the stack installs. */
  readonly first?: readonly pulumi.Resource[];
  /** What the engine asks before it moves traffic, and before it shrinks what traffic has left. */
  readonly guards?: Guards;
  /** What is changed after the routes. By default, what the declared traffic alone says comes last. */
  readonly last?: Last;
}

/**
 * Both environments of a set of services, and the routes that split requests between them. All services move together.
 *
 * An environment that is to serve is ready before any route moves to it; what loses pods comes after the routes have left
 * it, so that it shrinks without a loss and cannot stop a rollback by its own failure (components/model/arrangement.ts).
 *
 * The transition is an input, so that policies judge it before anything is done. An update at rest leaves the last one as it
 * was recorded, by `ignoreChanges`: an update after a flip then has nothing to do, and policies see that nothing moves.
 */
export class Release extends pulumi.ComponentResource {
  /** The traffic that each routed service's objects give. */
  readonly served: Readonly<Record<string, ServedTraffic>>;

  constructor(name: string, args: ReleaseArgs, order: ReleaseOrder = {}, opts?: pulumi.ComponentResourceOptions) {
    super(
      "cyan:index:Release",
      name,
      openly(args),
      args.transition.atRest ? pulumi.mergeOptions({ ignoreChanges: ["transition"] }, opts) : opts,
    );
    const namespace =
      args.namespace === "default" || !args.createNamespace ? [] : [this.namespace(name, args.namespace)];
    const { first = [], guards, last = lastIn(nothingLive, args) } = order;
    const { forced } = guards ?? {};
    const hook = capabilitiesOf(args).shareBy === "pods" ? guards?.gate : guards?.drain;
    const routes = deferred<readonly pulumi.Resource[]>();
    const environments = perColor((color) => {
      const services = last[color];
      return new Environment(
        `${name}-${color}`,
        environmentArgs(args, color),
        { first: namespace, last: { services, routes: routes.promise, ...(hook && { hook }) } },
        { parent: this },
      );
    });
    const named = colors.flatMap((color) => environments[color].services);
    const ready = colors.flatMap((color) => environments[color].workloads);
    const pods = perColor((color) => environments[color].pods);
    const generations = perColor((color) => environments[color].generations);
    const declared = routers[args.router](
      name,
      { ...args, pods, generations, ...(guards && { arrival: guards.arrival }) },
      {
        parent: this,
        dependsOn: [...first, ...named, ...ready],
        ...(forced && { transformations: [recordForced(pulumi.all(ready.map(({ urn }) => urn)).apply(forced))] }),
        ...(guards && { hooks: { beforeCreate: [guards.gate], beforeUpdate: [guards.gate, guards.handover] } }),
      },
    );
    routes.resolve(declared.last);
    this.served = declared.served;
    this.registerOutputs({ served: this.served });
  }

  private namespace(name: string, namespace: string): pulumi.Resource {
    const labels = { ...objectLabels({}), "pod-security.kubernetes.io/enforce": "restricted" };
    return new Namespace(`${name}-namespace`, { metadata: { name: namespace, labels } }, { parent: this });
  }
}

/** What of a release's arguments the environment of a color is declared from. */
function environmentArgs(args: ReleaseArgs, color: Color): EnvironmentArgs {
  const { namespace, services, readyTimeout, secrets, secretServices, networkPolicy } = args;
  const scales = services.map((service) => [service.name, scaleIn(service, color, args)] as const);
  return {
    ...{ color, namespace, services, readyTimeout, secrets, secretServices, served: args.served[color] },
    scales: Object.fromEntries(scales),
    ...(networkPolicy && { networkPolicy }),
  };
}

/** A promise that is settled from outside: what shrinks is declared before the routes that it waits for. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
