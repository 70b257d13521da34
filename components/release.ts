import { Namespace } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { Environment, type EnvironmentArgs } from "./environment";
import { recordForced } from "./forced";
import { type Guards } from "./guards";
import { objectLabels } from "./kubernetes/labels";
import { colors, perColor } from "./model/color";
import { type Live } from "./model/live";
import { type ReleaseArgs } from "./model/release-args";
import { type Settings } from "./model/settings";
import { serves } from "./model/traffic";
import { planTransition } from "./model/transition";
import { servedImages, transitionInputs } from "./model/transition-inputs";
import { openly } from "./openly";
import { routers } from "./routers/registry";
import { type ServedTraffic } from "./routers/router";

/** What a release is declared from: a part of the stack's settings, and what they change of what is live. */
export function releaseArgs(settings: Settings, live: Live = { known: true, services: [] }): ReleaseArgs {
  const { traffic, router, namespace, createNamespace, services, canary, standby } = settings;
  const { readyTimeout, drain, secrets, secretServices, networkPolicy } = settings;
  const { minReady, timeout, force } = settings.gate;
  return {
    ...{ traffic, router, namespace, createNamespace, services, canary, standby, readyTimeout, drain },
    gate: { minReady, timeout, force },
    ...{ secrets, secretServices, ...(networkPolicy && { networkPolicy }) },
    transition: transitionInputs(live, settings, planTransition(live, settings)),
    served: servedImages(live, settings),
  };
}

/** What a release waits for, besides itself. */
export interface ReleaseOrder {
  /** What every route waits for, such as an ingress controller that the stack installs. */
  readonly first?: readonly pulumi.Resource[];
  /** What the engine asks before it moves traffic, and before it shrinks what traffic has left. */
  readonly guards?: Guards;
}

/**
 * Both environments of a set of services, and the routes that split requests between them. All services move together.
 *
 * The order of one update follows from the declared traffic alone. An environment that serves is ready before any
 * route moves to it; one that does not is updated after the routes have left it, so that it shrinks without a loss and
 * cannot stop a rollback by its own failure.
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
    const { first = [], guards } = order;
    const { drain, forced } = guards ?? {};
    const routes = deferred<readonly pulumi.Resource[]>();
    const environments = perColor((color) => {
      const serving = serves(args.traffic, color);
      return new Environment(
        `${name}-${color}`,
        { ...environmentArgs(args), color, serving, served: args.served[color] },
        serving ? { first: namespace } : { first: namespace, after: routes.promise, ...(drain && { drain }) },
        { parent: this },
      );
    });
    const named = colors.flatMap((color) => environments[color].services);
    const ready = colors
      .filter((color) => serves(args.traffic, color))
      .flatMap((color) => environments[color].workloads);
    const declared = routers[args.router](name, args, {
      parent: this,
      dependsOn: [...first, ...named, ...ready],
      ...(forced && { transformations: [recordForced(pulumi.all(ready.map(({ urn }) => urn)).apply(forced))] }),
      ...(guards && { hooks: { beforeCreate: [guards.gate], beforeUpdate: [guards.gate] } }),
    });
    routes.resolve(declared.resources);
    this.served = declared.served;
    this.registerOutputs({ served: this.served });
  }

  private namespace(name: string, namespace: string): pulumi.Resource {
    const labels = { ...objectLabels({}), "pod-security.kubernetes.io/enforce": "restricted" };
    return new Namespace(`${name}-namespace`, { metadata: { name: namespace, labels } }, { parent: this });
  }
}

/** What of a release's arguments both its environments are declared from. */
function environmentArgs(args: ReleaseArgs): Omit<EnvironmentArgs, "color" | "serving" | "served"> {
  const { namespace, services, standby, readyTimeout, secrets, secretServices, networkPolicy } = args;
  const common = { namespace, services, standby, readyTimeout, secrets, secretServices };
  return { ...common, ...(networkPolicy && { networkPolicy }) };
}

/** A promise that is settled from outside: what shrinks is declared before the routes that it waits for. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
